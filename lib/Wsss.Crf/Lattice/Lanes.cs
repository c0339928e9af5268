using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wsss.Crf.Lattice;

/// <summary>The channels of a pixel or a vertex that are computed at once.</summary>
internal unsafe interface ILanes<T> where T : struct, ILanes<T>
{
    /// <summary>How many channels.</summary>
    static abstract int Count { get; }

    /// <summary>Reads <see cref="Count"/> numbers.</summary>
    static abstract T Load(float* from);

    /// <summary>Writes <see cref="Count"/> numbers.</summary>
    void Store(float* to);

    /// <summary>Channel by channel.</summary>
    static abstract T operator +(T a, T b);

    /// <summary>Each channel times a number.</summary>
    static abstract T operator *(T a, float factor);
}

/// <summary>One channel.</summary>
internal readonly unsafe struct OneLane(float value) : ILanes<OneLane>
{
    private readonly float _value = value;

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane Load(float* from) => new(*from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => *to = _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane operator +(OneLane a, OneLane b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane operator *(OneLane a, float factor) => new(a._value * factor);
}

/// <summary>Four channels.</summary>
internal readonly unsafe struct FourLanes(Vector128<float> value) : ILanes<FourLanes>
{
    private readonly Vector128<float> _value = value;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourLanes Load(float* from) => new(Vector128.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => _value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourLanes operator +(FourLanes a, FourLanes b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourLanes operator *(FourLanes a, float factor) => new(a._value * factor);
}

/// <summary>Eight channels.</summary>
internal readonly unsafe struct EightLanes(Vector256<float> value) : ILanes<EightLanes>
{
    private readonly Vector256<float> _value = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes Load(float* from) => new(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => _value.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes operator +(EightLanes a, EightLanes b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes operator *(EightLanes a, float factor) => new(a._value * factor);
}
