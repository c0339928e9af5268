using System.Diagnostics;
using System.Text.Json.Nodes;
using Wsss.Kernel;
using Wsss.Kernel.Wire;

namespace Wsss.Notebooks.Tests.Kernel;

public sealed class LifetimeTests
{
    [Fact]
    public async Task After_a_restart_at_the_same_ports_the_variables_are_gone()
    {
        ConnectionFile connection = RunningKernel.NewConnection();
        using (var first = new RunningKernel(connection))
        {
            using KernelClient client = KernelClient.Connected(connection);
            Assert.Equal("1", client.Execute("int old = 1;\nold").Result);
            string id = client.Send(KernelChannel.Control, "shutdown_request", new JsonObject { ["restart"] = true });
            JsonObject reply = client.ReplyTo(id, KernelChannel.Control);
            Assert.Equal(("ok", true), (reply["status"]!.GetValue<string>(), reply["restart"]!.GetValue<bool>()));
            await first.End.WaitAsync(TestContext.Current.CancellationToken);
        }
        using var second = new RunningKernel(connection);
        using KernelClient again = KernelClient.Connected(connection);
        Executed cell = again.Execute("old");
        Assert.Contains("'old'", cell.Reply["evalue"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(1, cell.Reply["execution_count"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_kernel_ends_while_a_cell_runs()
    {
        using var kernel = new RunningKernel(RunningKernel.NewConnection());
        using KernelClient client = KernelClient.Connected(kernel.Connection);
        string id = client.SendExecute("display(0); while (true) ;");
        client.Receive(KernelChannel.Iopub, message => message.Type == "display_data" && message.ParentId == id);
        string end = client.Send(KernelChannel.Control, "shutdown_request", new JsonObject { ["restart"] = false });
        Assert.Equal("ok", client.ReplyTo(end, KernelChannel.Control)["status"]!.GetValue<string>());
        await kernel.End.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("Interrupted", client.ReplyTo(id)["ename"]!.GetValue<string>());
    }

    [Fact]
    public void A_cell_that_does_not_stop_is_told_of_and_later_ones_ask_for_a_restart()
    {
        using var kernel = new RunningKernel(RunningKernel.NewConnection(), graceSeconds: 0.5);
        using KernelClient client = KernelClient.Connected(kernel.Connection);
        string id = client.SendExecute("display(0); new ManualResetEvent(false).WaitOne();");
        client.Receive(KernelChannel.Iopub, message => message.Type == "display_data" && message.ParentId == id);
        client.Ask("interrupt_request", [], KernelChannel.Control);
        JsonObject reply = client.ReplyTo(id);
        Assert.Equal("Interrupted", reply["ename"]!.GetValue<string>());
        Assert.Contains("did not stop within 0.5 s", reply["evalue"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("restart the session", client.Execute("1").Reply["evalue"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_the_parent_is_noticed()
    {
        using Process parent = Process.Start(new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true })!;
        await ParentProcess.WaitForEndAsync(parent.Id, TestContext.Current.CancellationToken);
        Assert.True(parent.WaitForExit(TimeSpan.FromSeconds(10)));
        await ParentProcess.WaitForEndAsync(int.MaxValue, TestContext.Current.CancellationToken);
        using var calledOff = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            ParentProcess.WaitForEndAsync(Environment.ProcessId, calledOff.Token)
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ParentProcess.WaitForEndAsync(null, calledOff.Token));
    }

    [Fact]
    public void Two_kernels_at_once_have_their_own_variables_and_outputs()
    {
        using var one = new RunningKernel(RunningKernel.NewConnection());
        using var two = new RunningKernel(RunningKernel.NewConnection());
        using KernelClient first = KernelClient.Connected(one.Connection);
        using KernelClient second = KernelClient.Connected(two.Connection);
        const string Code = "for (int i = 0; i < 20; i++) { Console.Write(me); Thread.Sleep(10); }";
        first.Execute("string me = \"a\";");
        second.Execute("string me = \"b\";");
        (string ofFirst, string ofSecond) = (first.SendExecute(Code), second.SendExecute(Code));
        Assert.Equal(new string('a', 20), first.Finish(ofFirst).Stream());
        Assert.Equal(new string('b', 20), second.Finish(ofSecond).Stream());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_client_that_connects_again_is_answered_while_its_old_connection_is_open(bool overtaking)
    {
        KernelChannel channel = overtaking ? KernelChannel.Control : KernelChannel.Shell;
        string session = Guid.NewGuid().ToString("n");
        using var kernel = new RunningKernel(RunningKernel.NewConnection(), new WordLanguage());
        using var old = new KernelClient(kernel.Connection, session: session);
        old.ReplyTo(old.Send(channel, "kernel_info_request", []), channel);
        using var again = new KernelClient(kernel.Connection, session: session);
        for (int i = 0; i < 2; i++)
        {
            JsonObject reply = again.ReplyTo(again.Send(channel, "kernel_info_request", []), channel);
            Assert.Equal("ok", reply["status"]!.GetValue<string>());
            old.Dispose();
        }
    }

    [Fact]
    public void A_port_that_is_taken_is_named()
    {
        using var first = new RunningKernel(RunningKernel.NewConnection());
        var error = Assert.Throws<KernelException>(() => new RunningKernel(first.Connection));
        Assert.Contains($"127.0.0.1:{first.Connection.ShellPort}", error.Message, StringComparison.Ordinal);
    }
}
