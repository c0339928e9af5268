using System.Text.Json.Nodes;

namespace Wsss.Kernel;

/// <summary>The fields of a message's content; a signed message may still have others than its type asks for.</summary>
/// <param name="type">Of the message, for the errors.</param>
/// <param name="json">The content.</param>
internal sealed class MessageContent(string type, JsonObject json)
{
    /// <summary>Text that must be there.</summary>
    /// <exception cref="KernelException">It is not.</exception>
    public string Text(string name) => TextOrNull(name) ?? throw Expected("text", name);

    /// <summary>Text, or null if the field is missing or null.</summary>
    /// <exception cref="KernelException">It is something else.</exception>
    public string? TextOrNull(string name)
    {
        if (json[name] is not { } node)
            return null;
        return node is JsonValue value && value.TryGetValue(out string? text) ? text : throw Expected("text", name);
    }

    /// <summary>True or false.</summary>
    /// <exception cref="KernelException">It is something else.</exception>
    public bool Flag(string name, bool otherwise) =>
        json[name] is not { } node ? otherwise
            : node is JsonValue value && value.TryGetValue(out bool flag) ? flag
            : throw Expected("true or false", name);

    /// <summary>A whole number.</summary>
    /// <exception cref="KernelException">It is something else.</exception>
    public int Number(string name, int otherwise) =>
        json[name] is not { } node ? otherwise
            : node is JsonValue value && value.TryGetValue(out int number) ? number
            : throw Expected("a whole number", name);

    /// <summary>An object; an empty one if the field is missing or null.</summary>
    /// <exception cref="KernelException">It is something else.</exception>
    public JsonObject Object(string name) =>
        json[name] is not { } node ? [] : node as JsonObject ?? throw Expected("an object", name);

    private KernelException Expected(string what, string name)
    {
        string found = json[name] is { } node ? node.GetValueKind().ToString() : "nothing";
        return new KernelException($"Expected {what} as '{name}' of a message '{type}', found {found}.");
    }
}
