using System.Reflection;
using Xunit.v3;

namespace Wsss.Tests;

/// <summary>
/// Fails a test that leaves tensors behind on its thread, which is where libtorch works in this project. For tests that dispose what
/// they make, before the test ends or as the test class's own.
/// </summary>
/// <remarks>
/// Not <c>Tensor.TotalCount</c>: TorchSharp 0.107 counts each parameter twice and takes it off once, so that it grows by the number of a
/// network's parameters whenever one is made and disposed, while memory does not.
/// </remarks>
[AttributeUsage(AttributeTargets.Assembly | AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class LeavesNoTensorsAttribute : BeforeAfterTestAttribute
{
    private long _before;
    private int _thread;

    public override void Before(MethodInfo methodUnderTest, IXunitTest test) =>
        (_before, _thread) = (Toys.LiveTensors, Environment.CurrentManagedThreadId);

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        long left = Toys.LiveTensors - _before;
        // A test that waits may end on another thread, which has a count of its own.
        if (left > 0 && _thread == Environment.CurrentManagedThreadId)
            Assert.Fail($"Expected no tensor to be left by '{test.TestDisplayName}', found {left}.");
    }
}
