using System.Collections;
using System.Globalization;
using Microsoft.CodeAnalysis.Scripting;
using TorchSharp;

namespace Wsss.Notebooks.Sessions;

/// <summary>What is known of a variable of the session, without holding its value.</summary>
/// <param name="Name">As it was declared.</param>
/// <param name="Type">In C#, without namespaces; a tensor with its dtype.</param>
/// <param name="Shape">Lengths by dimension of a tensor or an array, the count of a collection; otherwise empty.</param>
/// <param name="Bytes">What a tensor, a network, an array of numbers, or tensors in a collection take; otherwise null.</param>
/// <param name="Device">Where a tensor or network lies; otherwise empty.</param>
/// <param name="Value">Numbers and texts in one short line, <c>null</c>, <c>disposed</c>; otherwise empty.</param>
/// <param name="IsHidden">Whether a later cell declares the name again, so that no code reaches this one any more.</param>
internal sealed record VariableFacts(string Name, string Type, string Shape, long? Bytes, string Device, string Value, bool IsHidden)
{
    private const int LongestValue = 80;

    /// <summary>Describes all variables of a session; to be called on its thread.</summary>
    public static IEnumerable<VariableFacts> Of(ScriptState state)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var facts = new List<VariableFacts>();
        foreach (ScriptVariable variable in state.Variables.Reverse())
            facts.Add(Of(variable.Name, variable.Type, variable.Value) with { IsHidden = !seen.Add(variable.Name) });
        facts.Reverse();
        return facts;
    }

    /// <summary>In one line, such as <c>Tensor Float32, shape 2×3, 24 B, cpu</c>; empty if there is nothing to tell.</summary>
    public string Describe()
    {
        if (Value.Length > 0) return Value;
        string[] parts =
        [
            Type,
            Shape.Length > 0 ? $"shape {Shape}" : "",
            Bytes is { } bytes ? FormatBytes(bytes) : "",
            Device,
        ];
        return Shape.Length == 0 && Bytes is null ? "" : string.Join(", ", parts.Where(part => part.Length > 0));
    }

    /// <summary>A size for people, in steps of 1024.</summary>
    public static string FormatBytes(long bytes)
    {
        (double size, string unit) = bytes switch
        {
            < 1 << 10 => (bytes, "B"),
            < 1 << 20 => (bytes / (double)(1 << 10), "KB"),
            < 1 << 30 => (bytes / (double)(1 << 20), "MB"),
            _ => (bytes / (double)(1 << 30), "GB"),
        };
        return size.ToString(unit == "B" ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + unit;
    }

    /// <summary>
    /// The tensors that a value is or holds directly: itself, a network's parameters and buffers, a collection's elements.
    /// </summary>
    public static IReadOnlyList<torch.Tensor> TensorsIn(object? value) => value switch
    {
        torch.Tensor tensor => [tensor],
        torch.nn.Module module => [.. module.parameters(), .. module.buffers()],
        ICollection and IEnumerable<torch.Tensor?> tensors => [.. tensors.OfType<torch.Tensor>()],
        _ => [],
    };

    private static VariableFacts Of(string name, Type declared, object? value)
    {
        var facts = new VariableFacts(name, TypeName.Of(value?.GetType() ?? declared), "", null, "", "", false);
        try
        {
            return Describe(facts, value);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Whatever a value does when it is looked at, such as a network whose tensors are disposed, it must not end a cell.
            return facts;
        }
    }

    private static VariableFacts Describe(VariableFacts facts, object? value)
    {
        switch (value)
        {
            case null:
                return facts with { Value = "null" };
            case torch.Tensor { IsInvalid: true }:
                return facts with { Value = "disposed" };
            case string text:
                string line = text.ReplaceLineEndings(" ");
                return facts with { Value = line.Length <= LongestValue ? $"\"{line}\"" : $"\"{line[..LongestValue]}…\"" };
            case bool or char or Enum:
                return facts with { Value = value.ToString() ?? "" };
            case IFormattable number when value.GetType().IsPrimitive || value is decimal:
                return facts with { Value = number.ToString(null, CultureInfo.InvariantCulture) };
            case torch.Tensor tensor:
                facts = facts with { Type = $"{facts.Type} {tensor.dtype}", Shape = string.Join("×", tensor.shape) };
                break;
            case Array array:
                Type element = array.GetType().GetElementType()!;
                string lengths = string.Join("×", Enumerable.Range(0, array.Rank).Select(array.GetLongLength));
                facts = facts with { Shape = lengths, Bytes = element.IsPrimitive ? Buffer.ByteLength(array) : null };
                break;
            case ICollection collection:
                facts = facts with { Shape = collection.Count.ToString(CultureInfo.InvariantCulture) };
                break;
        }
        torch.Tensor[] held = [.. TensorsIn(value).Where(tensor => !tensor.IsInvalid)];
        return held.Length == 0
            ? facts
            : facts with { Bytes = held.Sum(tensor => tensor.numel() * tensor.element_size()), Device = held[0].device.ToString() };
    }
}
