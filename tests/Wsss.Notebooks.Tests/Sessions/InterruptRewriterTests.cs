using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Sessions;

public sealed class InterruptRewriterTests
{
    private static readonly ScriptOptions Options = ScriptOptions.Default
        .WithReferences(HostAssemblies.Load().References).WithImports(SessionOptions.BaseUsings).WithAllowUnsafe(true);

    [Theory]
    [InlineData("while (true) { }", "while (true) { CHECK }")]
    [InlineData("for (;;);", "for (;;){ CHECK ; }")]
    [InlineData(
        "while (true)\n  while (false)\n    F(); // why\nvoid F() { }",
        "while (true)\n  { CHECK while (false)\n    { CHECK F(); } } // why\nvoid F() { CHECK }"
    )]
    [InlineData("do ; while (true);", "do { CHECK ; } while (true);")]
    [InlineData("foreach (var (a, b) in new (int, int)[0]) break;", "foreach (var (a, b) in new (int, int)[0]) { CHECK break; }")]
    [InlineData("a: if (1 > 2) goto a;", "a: if (1 > 2) { CHECK goto a; }")]
    [InlineData("int F() => 1;", "int F() { CHECK return 1; }")]
    [InlineData("int F()\n  => 1 // one\n  ;", "int F()\n  { CHECK return 1 // one\n  ; }")]
    [InlineData("int F() => throw null;", "int F() { CHECK throw null; }")]
    [InlineData("async Task F() => await Task.Delay(1);", "async Task F() { CHECK await WOKEN(Task.Delay(1)); }")]
    [InlineData(
        "async Task<int> F() => await Task.FromResult(1);",
        "async Task<int> F() { CHECK return await WOKEN(Task.FromResult(1)); }"
    )]
    [InlineData("int P => 1;", "int P { get { CHECK return 1; } }")]
    [InlineData("int P { get => 1; set => F(); } void F() { }", "int P { get { CHECK return 1; } set { CHECK F(); } } void F() { CHECK }")]
    [InlineData(
        "Func<int, Func<int, int>> f = a => b => a + b;",
        "Func<int, Func<int, int>> f = a => { CHECK return b => { CHECK return a + b; }; };"
    )]
    [InlineData("Action f = () => Console.Write(1);", "Action f = () => { CHECK Console.Write(1); };")]
    [InlineData("Func<Task> f = async () => await Task.Delay(1);", "Func<Task> f = async () => { CHECK await WOKEN(Task.Delay(1)); };")]
    [InlineData("var f = static (int x) => x;", "var f = static (int x) => { CHECK return x; };")]
    [InlineData(
        "System.Linq.Expressions.Expression<Func<int, int>> f = x => new[] { x }.Sum(y => y);",
        "System.Linq.Expressions.Expression<Func<int, int>> f = x => new[] { x }.Sum(y => y);"
    )]
    [InlineData(
        "var f = from x in new[] { 1 }.AsQueryable() where new[] { x }.Any(y => y > 0) select x;",
        "var f = from x in new[] { 1 }.AsQueryable() where new[] { x }.Any(y => y > 0) select x;"
    )]
    [InlineData("try { } finally { while (true) Thread.Sleep(1); }", "try { } finally { while (true) Thread.Sleep(1); }")]
    [InlineData("Thread.Sleep(1);", "INTERRUPT.Sleep(1);")]
    [InlineData(
        "class Thread { public static void Sleep(int a) { } } Thread.Sleep(1);",
        "class Thread { public static void Sleep(int a) { CHECK } } Thread.Sleep(1);"
    )]
    [InlineData(
        "var t = Task.FromResult(1); var n = nameof(t.Result); var r = t.Result;",
        "var t = Task.FromResult(1); var n = nameof(t.Result); var r = (FINISHED(t)).Result;"
    )]
    [InlineData(
        "Task.Delay(1).Wait(5); Task.WaitAny(Task.Delay(1));",
        "WAITS.Wait(Task.Delay(1), 5); WAITS.WaitAny(Task.Delay(1));"
    )]
    [InlineData(
        "int n = Task.WaitAny(new Task[0]) + 1; Task.Delay(1)\n  .Wait(); $\"{await Task.Delay(1)\n  .ContinueWith(_ => 1):0}\"",
        "int n = (WAITS.WaitAny(new Task[0])) + 1; WAITS.Wait(Task.Delay(1)\n  ); $\"{(await WOKEN(Task.Delay(1)\n  .ContinueWith(_ => { "
            + "CHECK return 1; }))):0}\""
    )]
    [InlineData(
        "Task.WaitAll(new Task[0]); new SemaphoreSlim(1).Wait(default(CancellationToken)); new SemaphoreSlim(1).Wait(5);",
        "WAITS.WaitAll(new Task[0]); new SemaphoreSlim(1).Wait(default(CancellationToken)); new SemaphoreSlim(1).Wait(5, TOKEN);"
    )]
    public void Checks_are_put_in_on_the_same_line_and_compile(string code, string expected)
    {
        string rewritten = Rewrite(code);
        Assert.Equal(code.Count(c => c == '\n'), rewritten.Count(c => c == '\n'));
        Assert.Equal(expected, Short(rewritten));
    }

    [Theory]
    [InlineData("Console.WriteLine($\"{await Task.FromResult(1)}\");")]
    [InlineData("var t = Task.FromResult(1.5); Console.WriteLine($\"{t.Result:0.0} {t.GetAwaiter().GetResult(),8:0.0}\");")]
    [InlineData("Console.WriteLine($@\"{await Task.FromResult(1) + await Task.FromResult(2):000}\");")]
    [InlineData("Console.WriteLine($\"\"\"{(await Task.FromResult(1)).ToString()} {Task.Delay(1).Wait(5)}\"\"\");")]
    [InlineData("Console.WriteLine($\"{Task.WaitAll([Task.CompletedTask], 5)} {Task.WaitAny(Task.CompletedTask)}\");")]
    [InlineData("Console.WriteLine($\"{(1 > 2 ? await Task.FromResult(1) : 2)} {string.Join(\",\", new[] { 1 }.Select(n => n * 2))}\");")]
    [InlineData("Console.WriteLine($\"{new Func<bool>(() => Task.Delay(1).Wait(5))()}\");")]
    [InlineData("var task = Task.Run(() => 1); task.Wait(); await task; (await task).ToString()")]
    [InlineData("Action wait = () => Task.Delay(1).Wait(), all = () => Task.WaitAll(Task.Delay(1)), sleep = () => Thread.Sleep(1);")]
    [InlineData("void W() => Task.Delay(1).Wait(); for (Thread.Sleep(1); ; Task.Delay(1).Wait()) break;")]
    [InlineData("Task.WaitAll(new List<Task> { Task.CompletedTask }); Task.WaitAll(new[] { Task.FromResult(1) });")]
    [InlineData("Task.WaitAll(millisecondsTimeout: 5, tasks: [Task.CompletedTask]); Task.Delay(1).Wait(timeout: TimeSpan.Zero);")]
    [InlineData(
        "await foreach (int n in Up()) Console.Write(n);\nasync IAsyncEnumerable<int> Up() { await Task.Yield(); yield return 1; }"
    )]
    [InlineData("int[] all = await Task.WhenAll(Enumerable.Range(0, 3).Select(async n => { await Task.Delay(n); return n; })); all[0]")]
    [InlineData("var text = new { Name = await Task.FromResult(\"a\") }.Name switch { \"a\" => await Task.FromResult(1), _ => 2 };")]
    [InlineData("string Read() => File.ReadAllTextAsync(\"a\").Result; if (!File.Exists(\"a\") || await Task.FromResult(true)) { }")]
    public void Typical_code_compiles_with_every_check(string code)
    {
        string rewritten = Rewrite(code);
        Assert.NotEqual(code, rewritten);
    }

    [Fact]
    public void In_loops_alone_only_statements_are_put_in() =>
        Assert.Equal(
            "int F() => 1; Action a = () => F(); while (F() > 0) { CHECK await Task.Delay(1); } void G() { for (;;) { CHECK F(); } }",
            Short(
                Rewrite(
                    "int F() => 1; Action a = () => F(); while (F() > 0) { await Task.Delay(1); } void G() { for (;;) F(); }",
                    InterruptPlaces.Loops
                )
            )
        );

    [Fact]
    public void What_cleans_up_is_left_as_it_is()
    {
        const string code =
            "class C : IDisposable { static C() { while (F()) ; } ~C() { while (F()) ; } public void Dispose() { while (F()) ; } static "
                + "bool F() { return false; } }";
        Assert.Equal(code.Replace("return", "CHECK return"), Short(Rewrite(code)));
    }

    [Fact]
    public async Task Rewritten_code_means_the_same()
    {
        const string code = """
            using System.Linq.Expressions;
            string log = "";
            void Note(object text) => log += text + " ";
            int[] numbers = [3, 1, 2];
            ref int First() => ref numbers[0];
            First() = 7;
            string Which(Action a) { a(); return "action"; }
            string Which(Func<int> f) { f(); return "func"; }
            int Next() => numbers.Length;
            Note(Which(() => Next())); Note(Which(() => Note(1)));
            class Matrix
            {
                private readonly double[] _values = new double[4];
                public double this[int i, int j] { get => _values[2 * i + j]; set => _values[2 * i + j] = value; }
                public double Trace => this[0, 0] + this[1, 1];
                public static Matrix operator +(Matrix a, Matrix b) => new() { [0, 0] = a[0, 0] + b[0, 0] };
                public static implicit operator double(Matrix m) => m.Trace;
                public double this[int i] => this[i, i];
            }
            Note((double)(new Matrix { [0, 0] = 2 } + new Matrix { [0, 0] = 3 })); Note(new Matrix()[1]);
            Func<int, int?> nothing = x => null; Note(nothing(1) is null);
            Func<int, Func<int, int[]>> curried = a => b => [a, b]; Note(curried(1)(2).Sum());
            Func<object, string> kind = o => o switch { int => "int", _ => "other" }; Note(kind(1));
            Func<Task<int>> later = async () => { await Task.Yield(); return await Task.FromResult(4); }; Note(await later());
            Func<Task> silent = async () => await Task.Delay(1); await silent();
            async ValueTask<int> Valued() => await new ValueTask<int>(5); Note(await Valued());
            IEnumerable<int> Up() { for (int i = 0; ; i++) { if (i == 3) yield break; yield return i; } } Note(Up().Sum());
            Expression<Func<int, int>> tree = x => x + 1; Note(tree.ToString());
            Note((from n in numbers.AsQueryable() where numbers.Any(m => m < n) select n).Count());
            Note($"{numbers.Select(x => x * 2).Max():000}");
            int k = 0; again: k++; if (k < 3) goto again; Note(k);
            switch (k) { case 3: goto default; default: Note("default"); break; }
            static int Twice(int x) => 2 * x; Note(new[] { 1, 2 }.Select(Twice).Sum());
            record struct Point(int X, int Y) { public readonly int Sum => X + Y; } Note(new Point(1, 2).Sum);
            unsafe { int v = 9; int* p = &v; for (;;) { Note(*p); break; } }
            Task.Run(() => Note("task")).Wait(); Note(Task.Run(() => 6).Result);
            log
            """;
        object plain = await CSharpScript.EvaluateAsync<object>(code, Options, cancellationToken: TestContext.Current.CancellationToken);
        object rewritten = await CSharpScript.EvaluateAsync<object>(
            Rewrite(code),
            Options,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal("func 1 action 5 0 True 3 int 4 5 3 x => (x + 1) 2 014 3 default 6 3 9 task 6 ", plain);
        Assert.Equal(plain, rewritten);
    }

    /// <summary>The rewritten code, which must compile as the given one does.</summary>
    private static string Rewrite(string code, InterruptPlaces places = InterruptPlaces.All)
    {
        Compilation compilation = CSharpScript.Create(code, Options).GetCompilation();
        AssertCompiles(compilation);
        string rewritten = InterruptRewriter.Rewrite(compilation.SyntaxTrees.Single(), compilation, places);
        AssertCompiles(CSharpScript.Create(rewritten, Options).GetCompilation());
        return rewritten;
    }

    private static void AssertCompiles(Compilation compilation) =>
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));

    private static string Short(string code) => Regex.Replace(
        code.Replace("global::Wsss.Notebooks.Sessions.Interrupt.Check();", "CHECK").Replace("global::Wsss.Interruption.Current", "TOKEN")
            .Replace("global::Wsss.Notebooks.Sessions.Interrupt", "INTERRUPT")
            .Replace("global::Wsss.Notebooks.Sessions.TaskWaits", "WAITS"),
        @"(?:INTERRUPT|WAITS)\.(Woken|Finished)", match => match.Groups[1].Value.ToUpperInvariant());
}
