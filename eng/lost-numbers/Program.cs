// A thread collects garbage all the time; another adds and multiplies by numbers and looks whether the sum is right. Each collection
// waits until the other has done a round since the one before: without that it may stay suspended for ever on a busy machine.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

set_num_threads(1);
int seconds = args.Length > 0 ? int.Parse(args[0]) : 15;
bool running = true;
long rounds = 0, faults = 0;
var collector = new Thread(Collect) { IsBackground = true };
collector.Start();

string? first = null;
var clock = Stopwatch.StartNew();
// Whole numbers become float32 before libtorch looks at the number that they are added times: time for it to vanish.
using Tensor whole = full(200_000, 1, dtype: int32), half = full(200_000, 0.5f);
while (clock.Elapsed.TotalSeconds < seconds)
{
    Volatile.Write(ref rounds, rounds + 1);
    using var scope = NewDisposeScope();
    try
    {
        float found = Round(whole, half);
        if (found != 8.5) { faults++; first ??= $"found {found}"; }
    }
    catch (Exception e) { faults++; first ??= e.Message.Split('\n')[0]; }
}
Volatile.Write(ref running, false);
collector.Join();
Console.WriteLine($"{faults} faults in {rounds} rounds of {seconds} s; first: {first ?? "none"}");
return faults == 0 ? 0 : 1;

// Code that is not optimised would keep the numbers for as long as it runs.
[MethodImpl(MethodImplOptions.AggressiveOptimization)]
static float Round(Tensor whole, Tensor half) => (whole.add(half, alpha: 3.0) * 2.0 + whole + half * 5.0)[7].item<float>();

void Collect()
{
    var random = new Random(1);
    while (Volatile.Read(ref running))
    {
        // Anywhere within a round, not always at its beginning.
        Thread.SpinWait(random.Next(2_000));
        GC.Collect(0);
        long place = Volatile.Read(ref rounds);
        while (Volatile.Read(ref running) && Volatile.Read(ref rounds) == place) Thread.Yield();
    }
}
