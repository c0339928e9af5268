using System.Net;
using Microsoft.DotNet.Interactive.Formatting;
using TorchSharp;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions;

/// <summary>
/// How values become outputs: types with a format of their own first (figures, charts, tensors), text and numbers as
/// text, sequences of flat records as tables, everything else as .NET Interactive would show it.
/// </summary>
internal sealed class DisplayFormats
{
    private readonly List<(Type Type, Func<object, MimeBundle> Format)> _formats = [];

    /// <summary>The formats of this library.</summary>
    public DisplayFormats()
    {
        LibraryFormats.AddTo(this);
        // The general formatter would walk through a tensor's hundreds of properties, many of which compute.
        Add<torch.Tensor>(tensor => MimeBundle.Of((MimeBundle.Text, tensor.ToString(TensorStringStyle.Numpy))));
    }

    /// <summary>Shows values of a type, and of the types derived from it, in its own way, also inside tables and lists.</summary>
    public void Add<T>(Func<T, MimeBundle> format) where T : class
    {
        _formats.Insert(0, (typeof(T), value => format((T)value)));
        Formatter.Register<T>(value => AsHtml(format(value)), MimeBundle.Html);
        Formatter.Register<T>(value => format(value)[MimeBundle.Text] ?? typeof(T).Name, MimeBundle.Text);
    }

    /// <summary>All representations of a value.</summary>
    public MimeBundle Format(object value)
    {
        foreach ((Type type, Func<object, MimeBundle> format) in _formats)
        {
            if (type.IsInstanceOfType(value)) return format(value);
        }
        if (IsPlain(value)) return MimeBundle.Of((MimeBundle.Text, PlainText(value)));
        if (RecordTable.TryFormat(value, HasFormat) is { } table) return table;
        var entries = Formatter.GetPreferredMimeTypesFor(value.GetType()).Append(MimeBundle.Text).Distinct()
            .Select(mime => (mime, value.ToDisplayString(mime)));
        return MimeBundle.Of(entries);
    }

    private bool HasFormat(Type type) => _formats.Any(format => format.Type.IsAssignableFrom(type));

    private static bool IsPlain(object value) =>
        value is string or decimal or Enum or TimeSpan or DateTime or DateTimeOffset or Guid || value.GetType().IsPrimitive;

    private static string PlainText(object value) =>
        value is IFormattable number ? number.ToString(null, System.Globalization.CultureInfo.InvariantCulture) : value.ToString() ?? "";

    private static string AsHtml(MimeBundle bundle)
    {
        if (bundle[MimeBundle.Html] is { } html)
            return html;
        string text = WebUtility.HtmlEncode(bundle[MimeBundle.Text] ?? "");
        string width = bundle.PngSize is { } size ? $" width=\"{size.Width}\"" : "";
        return bundle[MimeBundle.Png] is { } png
            ? $"<img alt=\"{text}\"{width} src=\"data:image/png;base64,{png}\">"
            : $"<pre>{text}</pre>";
    }
}
