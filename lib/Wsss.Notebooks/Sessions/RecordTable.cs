using System.Collections;
using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using Wsss.Evaluation;
using Wsss.Notebooks.Documents;

namespace Wsss.Notebooks.Sessions;

/// <summary>
/// A sequence of flat records (also anonymous ones, and dictionaries) as a table with a column per property; the
/// general formatter shows each record as a tree of its own, which cannot be compared at a glance.
/// </summary>
internal static class RecordTable
{
    private const int MaximumRows = 100;

    /// <summary>The table; null if the value is no sequence of flat records.</summary>
    /// <param name="value">Anything.</param>
    /// <param name="hasFormat">Whether records of a type are shown in a way of their own.</param>
    public static MimeBundle? TryFormat(object value, Func<Type, bool> hasFormat)
    {
        if (value is not IEnumerable sequence || ElementType(value.GetType()) is not { } type || hasFormat(type))
            return null;
        PropertyInfo[] columns =
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0),
        ];
        if (columns.Length == 0 || IsSimple(type) || !columns.All(column => IsSimple(column.PropertyType)))
            return null;
        object[] items = [.. sequence.Cast<object>().Take(MaximumRows + 1)];
        if (items.Any(item => item is null))
            return null;
        string[][] rows = [.. items.Take(MaximumRows).Select(item => columns.Select(column => Cell(column.GetValue(item))).ToArray())];
        string more = items.Length > MaximumRows ? $"and more than these {MaximumRows} rows" : "";
        return MimeBundle.Of(
            (MimeBundle.Html, Html(columns, rows, more)),
            (MimeBundle.Text, new Table([.. columns.Select(column => column.Name)], rows).ToString() + more)
        );
    }

    private static string Html(PropertyInfo[] columns, string[][] rows, string more)
    {
        string[] styles = [.. columns.Select(column => $" style=\"text-align:{(IsNumber(column.PropertyType) ? "right" : "left")}\"")];
        var html = new StringBuilder("<table>\n<thead><tr>");
        for (int c = 0; c < columns.Length; c++) html.Append($"<th{styles[c]}>{WebUtility.HtmlEncode(columns[c].Name)}</th>");
        html.Append("</tr></thead>\n<tbody>\n");
        foreach (string[] row in rows)
        {
            html.Append("<tr>");
            for (int c = 0; c < columns.Length; c++) html.Append($"<td{styles[c]}>{WebUtility.HtmlEncode(row[c])}</td>");
            html.Append("</tr>\n");
        }
        html.Append("</tbody>\n</table>");
        return more.Length == 0 ? html.ToString() : html.Append($"\n<p>{more}</p>").ToString();
    }

    private static Type? ElementType(Type type) => type.GetInterfaces().Append(type)
        .FirstOrDefault(each => each.IsGenericType && each.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];

    private static bool IsSimple(Type type)
    {
        Type inner = Nullable.GetUnderlyingType(type) ?? type;
        return inner.IsPrimitive || inner.IsEnum || inner == typeof(string) || inner == typeof(decimal) || inner == typeof(TimeSpan)
            || inner == typeof(DateTime) || inner == typeof(DateTimeOffset);
    }

    private static bool IsNumber(Type type)
    {
        Type inner = Nullable.GetUnderlyingType(type) ?? type;
        return (inner.IsPrimitive && inner != typeof(bool) && inner != typeof(char)) || inner == typeof(decimal);
    }

    /// <summary>Four digits are enough to compare rows by.</summary>
    private static string Cell(object? value) => value switch
    {
        null => "",
        double or float when Math.Abs(Convert.ToDouble(value, CultureInfo.InvariantCulture)) is >= 1e-3 and < 1e6 =>
            ((IFormattable)value).ToString("0.####", CultureInfo.InvariantCulture),
        double or float => ((IFormattable)value).ToString("G4", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
