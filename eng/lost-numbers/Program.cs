// A thread collects garbage all the time; another adds and multiplies by numbers and looks whether the sum is right.
using System.Diagnostics;
using static TorchSharp.torch;

set_num_threads(1);
int seconds = args.Length > 0 ? int.Parse(args[0]) : 15;
bool running = true;
var collector = new Thread(() => { while (Volatile.Read(ref running)) GC.Collect(0); }) { IsBackground = true };
collector.Start();

long rounds = 0, faults = 0;
string? first = null;
var clock = Stopwatch.StartNew();
using var one = ones(64);
while (clock.Elapsed.TotalSeconds < seconds)
{
    rounds++;
    using var scope = NewDisposeScope();
    try
    {
        double found = ((one * 3.0 + one) - 1.0).sum().item<float>();
        if (found != 192) { faults++; first ??= $"found {found}"; }
    }
    catch (Exception e) { faults++; first ??= e.Message.Split('\n')[0]; }
}
Volatile.Write(ref running, false);
collector.Join();
Console.WriteLine($"{faults} faults in {rounds} rounds of {seconds} s; first: {first ?? "none"}");
return faults == 0 ? 0 : 1;
