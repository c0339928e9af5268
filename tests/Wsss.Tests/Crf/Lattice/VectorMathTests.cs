using System.Runtime.Intrinsics;
using Wsss.Crf.Lattice;

namespace Wsss.Tests.Crf.Lattice;

public sealed class VectorMathTests
{
    [Fact]
    public void Exponentials_are_right_to_the_last_digits()
    {
        for (float x = -60; x <= 0; x += 0.0137f)
        {
            double expected = Math.Exp(x);
            Assert.InRange(VectorMath.ExpOfNegative(Vector256.Create(x)).ToScalar(), expected * (1 - 3e-7), expected * (1 + 3e-7));
        }
        Assert.Equal(1, VectorMath.ExpOfNegative(Vector256<float>.Zero).ToScalar());
    }

    [Theory]
    [InlineData(-60.1f)]
    [InlineData(-1e9f)]
    [InlineData(float.MinValue)]
    [InlineData(float.NegativeInfinity)]
    public void Far_below_zero_they_are_zero(float x) => Assert.Equal(0, VectorMath.ExpOfNegative(Vector256.Create(x)).ToScalar());
}
