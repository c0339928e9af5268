namespace Wsss.Registry;

/// <summary>What kind of pictures a data set holds: options that suit one kind need not suit another.</summary>
public enum DataKind
{
    /// <summary>Flat scenes that a program drew, about 100 pixels wide.</summary>
    DrawnScenes,

    /// <summary>Photographs of some hundred pixels.</summary>
    Photographs,
}
