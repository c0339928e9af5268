namespace Wsss.Tests;

/// <summary>What several tests use and none disposes: class fixtures and static values with tensors are made here.</summary>
internal static class SharedTensors
{
    /// <summary>How many tensors were made so.</summary>
    public static long Live { get; private set; }

    /// <summary>Makes a value whose tensors tests may leave alive.</summary>
    public static T Make<T>(Func<T> make)
    {
        long before = Toys.LiveTensors;
        T made = make();
        Live += Toys.LiveTensors - before;
        return made;
    }
}
