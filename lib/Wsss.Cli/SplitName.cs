namespace Wsss.Cli;

/// <summary>The parts of a data set, as <c>--split</c> names them.</summary>
internal enum SplitName
{
    Train,
    Validation,
    Test,
}
