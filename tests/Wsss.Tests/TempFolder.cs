namespace Wsss.Tests;

/// <summary>A new empty folder, removed at the end of the test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("wsss-").FullName;

    /// <summary>The files directly in it.</summary>
    public string[] Files => Directory.GetFiles(Path);

    /// <summary>A path below it.</summary>
    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
