using System.Reflection;
using TorchSharp;
using Xunit.v3;

[assembly: Wsss.Tests.LeavesNoTensors]

namespace Wsss.Tests;

/// <summary>
/// Fails every test that leaves tensors behind on its thread, which is where libtorch works in this project: what a test makes is
/// disposed before it ends, or with its test class.
/// </summary>
/// <remarks>
/// Not <c>Tensor.TotalCount</c>: TorchSharp 0.107 counts each parameter twice and takes it off once, so that it grows by the number of a
/// network's parameters whenever one is made and disposed, while memory does not.
/// </remarks>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class LeavesNoTensorsAttribute : BeforeAfterTestAttribute
{
    // At the first test of a class: its instances, made before a test and disposed after it, leave nothing either.
    private static (Type? Class, int Thread) _place;
    private static long _atClass;

    private long _before;
    private int _thread;

    private static long LiveTensors => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        (_before, _thread) = (LiveTensors, Environment.CurrentManagedThreadId);
        // A test that waited may have moved its class to another thread, which has a count of its own.
        if (_place != (methodUnderTest.ReflectedType, _thread))
            (_place, _atClass) = ((methodUnderTest.ReflectedType, _thread), _before);
        if (_before > _atClass)
        {
            long left = _before - _atClass;
            _atClass = _before;
            Assert.Fail(
                $"Expected no tensor to be left when a {_place.Class!.Name} is disposed, found {left} after the test before this one."
            );
        }
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        // A test that waited may share its thread with what it waited for, such as a session that keeps its variables.
        if (methodUnderTest.ReturnType != typeof(void))
        {
            _place = default;
            return;
        }
        long left = LiveTensors - _before;
        if (left <= 0 || _thread != Environment.CurrentManagedThreadId) return;
        _atClass += left;
        Assert.Fail($"Expected no tensor to be left by '{test.TestDisplayName}', found {left}.");
    }
}
