namespace Wsss.Data;

/// <summary>Words of the commands that messages tell people to type.</summary>
internal static class Shell
{
    /// <summary>A word as a POSIX shell must be given it: in quotes where it holds more than letters, digits and <c>_-./:=</c>.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "_-./:=".Contains(c)) ? word : $"'{word.Replace("'", "'\\''")}'";
}
