namespace Wsss.Registry;

/// <summary>Marks the base of a family: of the types that are chosen among by name in files and commands.</summary>
/// <param name="noun">What a member is called in messages, such as <c>technique</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class FamilyAttribute(string noun) : Attribute
{
    /// <summary>What a member is called in messages.</summary>
    public string Noun { get; } = noun;
}

/// <summary>
/// Names a member of a family and says in one line what it does, for lists and help. On a class it is a member with options, the class's
/// settable properties; on a static property it is a member without.
/// </summary>
/// <param name="summary">One line, without a full stop.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, Inherited = false)]
public sealed class RegisteredAttribute(string summary) : Attribute
{
    /// <summary>One line about it.</summary>
    public string Summary { get; } = summary;

    /// <summary>Its name in files and commands; null for the name of the class or property.</summary>
    public string? Name { get; init; }

    /// <summary>Its place in lists: smaller numbers first, then by name.</summary>
    public int Order { get; init; } = 100;
}

/// <summary>
/// Marks a static property of a member that holds its options as chosen on the validation split of data of that kind. The published ones
/// are the defaults of its properties.
/// </summary>
/// <param name="kind">The kind of data.</param>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class SuggestedAttribute(DataKind kind) : Attribute
{
    /// <summary>The kind of data.</summary>
    public DataKind Kind { get; } = kind;
}
