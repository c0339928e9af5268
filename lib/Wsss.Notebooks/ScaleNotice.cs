namespace Wsss.Notebooks;

/// <summary>What results of a few drawn scenes carry wherever they are shown.</summary>
internal static class ScaleNotice
{
    private const string Smoke =
        "Smoke scale: a few dozen drawn scenes and two epochs, to see that everything runs. These numbers and pictures mean nothing.";

    /// <summary>The notice for a run; null where its results mean something.</summary>
    /// <param name="provenance">What it rests on: <c>scale</c>, and <c>data</c> where the scale is that of drawn scenes alone.</param>
    public static string? Of(IReadOnlyDictionary<string, string> provenance)
    {
        string data = provenance.GetValueOrDefault("data", "menagerie");
        bool isDrawn = data.StartsWith("menagerie", StringComparison.Ordinal) || data.StartsWith("drawn-leaves", StringComparison.Ordinal);
        return isDrawn && provenance.GetValueOrDefault("scale") == "smoke" ? Smoke : null;
    }
}
