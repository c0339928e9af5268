using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Wsss.Crf.Lattice;

/// <summary>Memory that only grows, starts at a cache line, and whose address holds as long as the object lives.</summary>
internal sealed unsafe class PinnedBuffer<T> where T : unmanaged
{
    private const int Line = 64;

    private T[] _array = [];

    /// <summary>The first element.</summary>
    public T* Pointer { get; private set; }

    /// <summary>Makes room. The content is undefined afterwards.</summary>
    public T* Reserve(long count)
    {
        long length = count + Line / sizeof(T);
        if (length > _array.Length)
        {
            _array = [];
            _array = GC.AllocateUninitializedArray<T>(checked((int)length), pinned: true);
            nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_array));
            Pointer = (T*)((address + Line - 1) / Line * Line);
        }
        return Pointer;
    }
}
