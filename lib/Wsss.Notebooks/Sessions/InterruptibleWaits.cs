using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Wsss.Notebooks.Sessions;

/// <summary>Which waits of a cell can be woken, and how they are written then.</summary>
/// <remarks>
/// Woken: <c>await</c> of tasks; <c>Thread.Sleep</c>; the waits of tasks, of which <see cref="TaskWaits"/> takes care; every wait of
/// <c>System.Threading</c> and of blocking collections that has an overload with a cancellation token (semaphores, slim events,
/// countdowns, barriers). Not woken: <c>WaitHandle.WaitOne</c>, <c>Monitor.Wait</c>, <c>lock</c>, <c>Thread.Join</c>, calls through
/// <c>?.</c>, reads of files, sockets and the console, other processes, native code.
/// <para>
/// Whatever is put into an expression is in parentheses with it: elsewhere in the hole of an interpolated string, the colon of
/// <c>global::</c> begins a format.
/// </para>
/// </remarks>
internal sealed class InterruptibleWaits(SemanticModel model)
{
    private const string Interrupts = "global::Wsss.Notebooks.Sessions.Interrupt";
    private const string Waits = "global::Wsss.Notebooks.Sessions.TaskWaits";
    private const string Token = "global::Wsss.Interruption.Current";
    private static readonly HashSet<string> Blocking = ["Wait", "SignalAndWait", "Take"];

    /// <summary>Whether an expression is a statement, or becomes one in a body of its own. In parentheses it would be none.</summary>
    public static bool IsStatement(ExpressionSyntax expression) => expression.Parent
        is ExpressionStatementSyntax or ForStatementSyntax or LambdaExpressionSyntax or ArrowExpressionClauseSyntax;

    /// <summary>What to write before and after an expression that is waited for, or that waits.</summary>
    public (string Before, string After) Around(ExpressionSyntax expression) => expression.Parent switch
    {
        // In parentheses, what is awaited would be read as the argument of a method 'await' in a script.
        AwaitExpressionSyntax when IsTaskLike(model.GetTypeInfo(expression).Type) => ($"{Interrupts}.Woken(", ")"),
        _ when expression is AwaitExpressionSyntax && !IsStatement(expression) => ("(", ")"),
        MemberAccessExpressionSyntax access when access.Expression == expression && AsksForResult(access)
            && IsTask(model.GetTypeInfo(expression).Type) => ($"({Waits}.Finished(", "))"),
        _ => ("", ""),
    };

    /// <summary>The static method to call instead, and the object that becomes its first argument, if any; null to leave it.</summary>
    public (string Method, ExpressionSyntax? Target)? Replacement(InvocationExpressionSyntax call)
    {
        if (MethodOf(call) is not { } method) return null;
        bool isOnOneLine = !call.Expression.ToString().Contains('\n', StringComparison.Ordinal);
        return (NameOf(call), call.Expression) switch
        {
            ("Sleep", _) when isOnOneLine && Is(method.ContainingType, "System.Threading", "Thread") => ($"{Interrupts}.Sleep", null),
            ("WaitAll" or "WaitAny", _) when isOnOneLine && IsTask(method.ContainingType) => ($"{Waits}.{method.Name}", null),
            ("Wait", MemberAccessExpressionSyntax access) when IsTask(method.ContainingType) => ($"{Waits}.Wait", access.Expression),
            _ => null,
        };
    }

    /// <summary>What to write before and after the arguments of a wait so that it gets the cell's token.</summary>
    public (string Before, string After) AroundArguments(InvocationExpressionSyntax call)
    {
        if (!Blocking.Contains(NameOf(call)) || MethodOf(call) is not { } method || !IsOfFramework(method.ContainingType)) return ("", "");
        int given = call.ArgumentList.Arguments.Count;
        bool takesToken = method.Parameters.Length == given + 1 && IsToken(method.Parameters[^1]);
        bool hasOverload = method.Parameters.Length == given
            && method.ContainingType.GetMembers(method.Name).OfType<IMethodSymbol>().Any(other => AddsToken(other, method));
        return takesToken || hasOverload ? ("", given > 0 ? $", {Token}" : Token) : ("", "");
    }

    private static bool AddsToken(IMethodSymbol other, IMethodSymbol method) =>
        other.IsStatic == method.IsStatic
        && other.Parameters.Length == method.Parameters.Length + 1
        && IsToken(other.Parameters[^1])
        && other.Parameters.Zip(method.Parameters).All(pair => SymbolEqualityComparer.Default.Equals(pair.First.Type, pair.Second.Type));

    private static bool AsksForResult(MemberAccessExpressionSyntax access) => access.Name.Identifier.Text switch
    {
        "Result" => access.Parent is not InvocationExpressionSyntax call || call.Expression != access,
        "GetAwaiter" => access.Parent?.Parent is MemberAccessExpressionSyntax { Name.Identifier.Text: "GetResult" },
        _ => false,
    };

    private IMethodSymbol? MethodOf(InvocationExpressionSyntax call) => model.GetSymbolInfo(call).Symbol as IMethodSymbol;

    private static string NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.Text,
        SimpleNameSyntax name => name.Identifier.Text,
        _ => "",
    };

    private static bool IsToken(IParameterSymbol parameter) => Is(parameter.Type, "System.Threading", "CancellationToken");

    private static bool IsTaskLike(ITypeSymbol? type) =>
        Is(type, "System.Threading.Tasks", "Task") || Is(type, "System.Threading.Tasks", "ValueTask");

    private static bool IsTask(ITypeSymbol? type) => Is(type, "System.Threading.Tasks", "Task");

    private static bool IsOfFramework(INamedTypeSymbol type) =>
        type.ContainingNamespace.ToDisplayString() is "System.Threading" or "System.Threading.Tasks" or "System.Collections.Concurrent";

    private static bool Is(ITypeSymbol? type, string space, string name) =>
        type?.Name == name && type.ContainingNamespace?.ToDisplayString() == space;
}
