namespace Wsss.Data;

/// <summary>What a person answers one at a time when labelling an image.</summary>
public enum LabelUnit
{
    /// <summary>A class that is asked about, whether the image shows it or not.</summary>
    ClassAsked,

    /// <summary>An object that the image shows.</summary>
    Object,
}
