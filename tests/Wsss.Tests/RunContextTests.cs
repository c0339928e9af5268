using TorchSharp;

namespace Wsss.Tests;

public sealed class RunContextTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Progress_is_heard_and_needs_no_listener()
    {
        var listener = new Listener();
        RunContext run = Toys.Run(_folder);
        run.Report("stage", 1, 2);
        (run with { Progress = listener }).Report("stage", 1, 2, "detail");
        Assert.Equal([new WorkProgress("stage", 1, 2, "detail")], listener.Reports);
    }

    [Fact]
    public async Task Progress_is_the_host_s_unless_another_or_none_is_given()
    {
        var (host, own) = (new Listener(), new Listener());
        RunContext run = Toys.Run(_folder);
        await Task.Run(() =>
        {
            HostProgress.Current = host;
            run.Report("plain", 1, 3);
            (run with { Progress = own }).Report("own", 2, 3);
            (run with { Progress = null }).Report("silent", 3, 3);
        }, TestContext.Current.CancellationToken);
        Assert.Equal(["plain"], host.Reports.Select(report => report.Stage));
        Assert.Equal(["own"], own.Reports.Select(report => report.Stage));
    }

    [Fact]
    public void Cancellation_stops_at_a_report_before_it_is_heard()
    {
        using var stop = new CancellationTokenSource();
        var listener = new Listener();
        RunContext run = Toys.Run(_folder) with { Progress = listener, Cancellation = stop.Token };
        run.Report("stage", 1, 2);
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => run.Report("stage", 2, 2));
        Assert.Single(listener.Reports);
    }

    [Fact]
    public async Task Without_a_token_of_its_own_it_follows_the_flow_that_uses_it()
    {
        using var stop = new CancellationTokenSource();
        using var own = new CancellationTokenSource();
        RunContext run = Toys.Run(_folder);
        await Task.Run(() =>
        {
            Interruption.Current = stop.Token;
            Assert.Equal(stop.Token, run.Cancellation);
            Assert.Equal(own.Token, (run with { Cancellation = own.Token }).Cancellation);
            stop.Cancel();
            Assert.Throws<OperationCanceledException>(() => run.Report("stage", 1, 2));
        }, TestContext.Current.CancellationToken);
        run.Report("stage", 1, 2);
    }

    [Theory]
    [InlineData("tpu", "auto, cpu, cuda or cuda:N")]
    [InlineData("", "auto, cpu, cuda or cuda:N")]
    [InlineData("CPU", "auto, cpu, cuda or cuda:N")]
    [InlineData("cuda:x", "number")]
    [InlineData("cuda:", "number")]
    public void A_name_that_is_no_device_is_refused(string name, string part)
    {
        string message = Assert.Throws<TorchException>(() => TorchRuntime.ResolveDevice(name)).Message;
        Assert.Contains(part, message);
        Assert.Contains($"'{name}'", message);
    }

    [Theory]
    [InlineData("cuda")]
    [InlineData("cuda:0")]
    public void A_device_that_does_not_answer_is_refused(string name)
    {
        Assert.SkipWhen(torch.TryInitializeDeviceType(DeviceType.CUDA) && torch.cuda.is_available(), "This machine has a CUDA device.");
        var error = Assert.Throws<TorchException>(() => TorchRuntime.ResolveDevice(name));
        Assert.Contains($"'{name}'", error.Message);
        Assert.Equal(Remedy.ChooseDevice, error.Remedy);
        Assert.Equal(DeviceType.CPU, TorchRuntime.ResolveDevice("auto").type);
    }

    [Fact]
    public void A_context_opens_its_device_and_store()
    {
        RunContext run = RunContext.Open("cpu", _folder.File("results"));
        Assert.Equal((DeviceType.CPU, _folder.File("results")), (run.Device.type, run.Store.Root));
        Assert.False(Directory.Exists(run.Store.Root));
        Assert.Throws<TorchException>(() => RunContext.Open("tpu"));
    }
}
