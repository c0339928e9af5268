namespace Wsss.Data.Labels;

/// <summary>What people call splits.</summary>
internal static class SplitWords
{
    private const string Accepted =
        "train, val or test (or a word that means one of them, such as training, dev, valid, validation, testing and holdout; trainval, or "
        + "nothing, where it is undecided)";

    /// <summary>Reads a word for a split; false where it is none.</summary>
    /// <param name="text">The word.</param>
    /// <param name="split">Null where it leaves open which, as <c>trainval</c> and no word at all do.</param>
    public static bool TryRead(string text, out SplitKind? split)
    {
        string word = text.Trim().ToLowerInvariant();
        (split, bool isOne) = word.Replace("_", "").Replace("-", "").Replace(" ", "") switch
        {
            "train" or "training" or "trn" or "tr" or "trainaug" => (SplitKind.Train, true),
            "val" or "valid" or "validation" or "validate" or "dev" or "development" or "tune" => (SplitKind.Validation, true),
            "test" or "testing" or "tst" or "holdout" or "heldout" => (SplitKind.Test, true),
            "trainval" => (null, true),
            _ => ((SplitKind?)null, word.Length == 0),
        };
        return isOne;
    }

    /// <summary>Reads what a list says of a photograph's split, where programs write words for nothing as well.</summary>
    /// <param name="text">The word.</param>
    /// <param name="where">Where it stands, for the message.</param>
    /// <exception cref="DataSetException">It is no split.</exception>
    public static SplitKind? Read(string text, string where) =>
        text.Trim().ToLowerInvariant() is "nan" or "none" or "null" or "default" or "-" ? null
        : TryRead(text, out var split) ? split
        : throw new DataSetException(
            $"{where}: expected the split {Accepted}, found '{text}'. Correct the word, or leave the splits out.");
}
