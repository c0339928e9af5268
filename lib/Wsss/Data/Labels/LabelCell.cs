namespace Wsss.Data.Labels;

/// <summary>The labels in one cell of a table, as people and programs write several.</summary>
internal static class LabelCell
{
    /// <summary>
    /// The names in <c>cat;dog</c>, <c>cat|dog</c>, <c>cat, dog</c>, <c>['cat', 'dog']</c>, or in JSON such as Label Studio's
    /// <c>{"choices": ["cat", "dog"]}</c>.
    /// </summary>
    /// <param name="cell">The cell.</param>
    /// <param name="where">Where it stands, for the message.</param>
    /// <exception cref="DataSetException">It is JSON that holds no labels.</exception>
    public static string[] Names(string cell, string where)
    {
        string text = cell.Trim();
        if (JsonLabels.NamesIn(text, where) is { } names)
            return names;
        bool list = text.Length > 1 && (text[0], text[^1]) is ('[', ']') or ('(', ')') or ('{', '}');
        if (list) text = text[1..^1];
        return [.. text.Split([';', '|', ',']).Select(name => name.Trim().Trim('\'', '"').Trim()).Where(name => name.Length > 0)];
    }
}
