using System.Text.Json.Nodes;
using Wsss.Kernel.Wire;

namespace Wsss.Notebooks.Tests.Kernel;

public sealed class InterruptMessageTests(SharedKernel shared) : IClassFixture<SharedKernel>
{
    private KernelClient Client => shared.Client;

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("long Fibonacci(int n) => n < 2 ? n : Fibonacci(n - 1) + Fibonacci(n - 2);\nFibonacci(90)")]
    [InlineData("Thread.Sleep(-1);")]
    [InlineData("Wsss.Notebooks.Tests.Sessions.EndlessTraining.Run(Wsss.RunContext.Open(\"cpu\"));")]
    [InlineData("Console.ReadLine();")]
    [InlineData("while (true) Console.Write(1);")]
    public void A_cell_is_stopped_and_variables_keep_what_they_hold(string endless)
    {
        Client.Execute("int kept = 7;");
        string id = Client.SendExecute("display(0); kept = 8; " + endless);
        Client.Receive(KernelChannel.Iopub, message => message.Type == "display_data" && message.ParentId == id);
        Assert.Equal("ok", Client.Ask("interrupt_request", [], KernelChannel.Control)["status"]!.GetValue<string>());
        JsonObject reply = Client.ReplyTo(id);
        Assert.Equal(("error", "Interrupted"), (reply["status"]!.GetValue<string>(), reply["ename"]!.GetValue<string>()));
        Assert.Equal("8", Client.Execute("kept").Result);
    }

    [Fact]
    public void An_interrupt_without_a_cell_does_nothing()
    {
        Assert.Equal("ok", Client.Ask("interrupt_request", [], KernelChannel.Control)["status"]!.GetValue<string>());
        Assert.Equal("3", Client.Execute("1 + 2").Result);
    }

    [Fact]
    public void An_interrupt_calls_off_the_cells_that_wait()
    {
        string endless = Client.SendExecute("display(0); Thread.Sleep(1000); while (true) ;");
        string waiting = Client.SendExecute("Console.Write(\"ran\");");
        Client.Receive(KernelChannel.Iopub, message => message.Type == "display_data" && message.ParentId == endless);
        Client.Ask("interrupt_request", [], KernelChannel.Control);
        Assert.Equal("error", Client.ReplyTo(endless)["status"]!.GetValue<string>());
        Assert.Equal("aborted", Client.ReplyTo(waiting)["status"]!.GetValue<string>());
    }
}
