namespace Wsss.Notebooks.Reports;

/// <summary>The kinds of pictures that pages show, and how they are kept.</summary>
internal static class PictureType
{
    public const string Svg = "image/svg+xml", Jpeg = "image/jpeg", SvgExtension = "svg";

    /// <summary>MIME types to the extensions of their files.</summary>
    private static readonly Dictionary<string, string> Extensions =
        new() { ["image/png"] = "png", [Jpeg] = "jpg", ["image/gif"] = "gif", ["image/webp"] = "webp", [Svg] = SvgExtension };

    /// <summary>The extension for a MIME type; null for what is no picture.</summary>
    public static string? ExtensionOf(string mime) => Extensions.GetValueOrDefault(mime);

    /// <summary>The extension that a path has, if it is a picture's; else null.</summary>
    public static string? ExtensionOfFile(string path)
    {
        string extension = Path.GetExtension(path).TrimStart('.').ToLowerInvariant();
        if (extension == "jpeg") extension = "jpg";
        return Extensions.ContainsValue(extension) ? extension : null;
    }
}
