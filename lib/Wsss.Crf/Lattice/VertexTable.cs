using System.Numerics;
using System.Runtime.CompilerServices;

namespace Wsss.Crf.Lattice;

/// <summary>
/// Numbers the different keys of a lattice's vertices of one remainder, from 1 in the order in which they come: a hash table with
/// open addressing.
/// </summary>
internal sealed unsafe class VertexTable
{
    /// <summary>What <see cref="Find"/> gives for a key that is not there.</summary>
    public const int None = 0;

    private const int SmallestSize = 1 << 12;
    private const int SlotsPerKey = 4; // so sparse that the first slot nearly always decides
    private const ulong NoKey = ulong.MaxValue;

    private readonly PinnedBuffer<int> _slots = new();
    private readonly PinnedBuffer<ulong> _keys = new();
    private int _shift;
    private int _size;

    /// <summary>How many different keys there are; their numbers are 1…Count.</summary>
    public int Count { get; private set; }

    /// <summary>The keys by number.</summary>
    public ulong* Keys => _keys.Pointer;

    /// <summary>Numbers the keys of pixels.</summary>
    /// <param name="keys">One key per pixel.</param>
    /// <param name="pixels">How many.</param>
    /// <param name="numbers">Receives the number of each pixel's key.</param>
    public void Fill(ulong* keys, int pixels, int* numbers)
    {
        _keys.Reserve(pixels + 1L)[None] = NoKey;
        Count = 0;
        Resize(SmallestSize);
        for (int i = 0; i < pixels; i++)
        {
            // Neighbouring pixels often share a vertex.
            numbers[i] = i > 0 && keys[i] == keys[i - 1] ? numbers[i - 1] : FindOrAdd(keys[i]);
        }
    }

    /// <summary>The number of a key, or <see cref="None"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong key)
    {
        uint slot = Slot(key);
        int number = _slots.Pointer[slot];
        // Whether a neighbour exists is a coin toss that no branch predictor wins: the usual case has no branch.
        bool found = Keys[number] == key;
        return found | number == None ? number & -Unsafe.As<bool, byte>(ref found) : FindFrom(slot + 1, key);
    }

    private int FindFrom(uint slot, ulong key)
    {
        for (; ; slot++)
        {
            int number = _slots.Pointer[slot & (uint)(_size - 1)];
            if (number == None || Keys[number] == key) return number;
        }
    }

    private int FindOrAdd(ulong key)
    {
        uint slot = Slot(key);
        for (; _slots.Pointer[slot] != None; slot = (slot + 1) & (uint)(_size - 1))
            if (Keys[_slots.Pointer[slot]] == key) return _slots.Pointer[slot];
        int added = ++Count;
        Keys[added] = key;
        _slots.Pointer[slot] = added;
        if (SlotsPerKey * Count > _size) Resize(2 * _size);
        return added;
    }

    // Fibonacci hashing: the upper bits of the product depend on all bits of the key.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Slot(ulong key) => (uint)(key * 0x9E3779B97F4A7C15 >> _shift);

    private void Resize(int size)
    {
        _size = size;
        _shift = 64 - BitOperations.Log2((uint)size);
        int* slots = _slots.Reserve(size);
        new Span<int>(slots, size).Clear();
        for (int number = 1; number <= Count; number++)
        {
            uint slot = Slot(Keys[number]);
            while (slots[slot] != None) slot = (slot + 1) & (uint)(size - 1);
            slots[slot] = number;
        }
    }
}
