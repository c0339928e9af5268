using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Wsss.Tests.Hostile;

/// <summary>
/// Which branches of the readers some files have reached, and about how often, as afl counts them. Only readers that sharpfuzz went over
/// tell (eng/fuzz.sh --guided); with others no file ever reaches anything new.
/// </summary>
internal sealed unsafe class ReachedBranches
{
    private const int Places = 1 << 16;

    private readonly byte[] _seen = new byte[Places];

    /// <summary>How many branches were reached.</summary>
    public int Count { get; private set; }

    /// <summary>Where branches are counted; before anything of the readers runs, as they write there without asking.</summary>
    [ModuleInitializer]
    internal static void Listen() => Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(Places);

    /// <summary>Forgets what ran until now.</summary>
    public static void Begin()
    {
        new Span<byte>(Trace.SharedMem, Places).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Whether a branch was reached since <see cref="Begin"/> that never was, or one about as often as it never was.</summary>
    public bool Grew()
    {
        bool grew = false;
        var counts = new ReadOnlySpan<byte>(Trace.SharedMem, Places);
        for (int at = 0; at < Places; at++)
        {
            int next = counts[at..].IndexOfAnyExcept((byte)0);
            if (next < 0) break;
            at += next;
            // 1, 2–3, 4–7, … 128–255 times.
            byte often = (byte)(1 << BitOperations.Log2(counts[at]));
            if ((_seen[at] & often) != 0) continue;
            if (_seen[at] == 0) Count++;
            _seen[at] |= often;
            grew = true;
        }
        return grew;
    }
}
