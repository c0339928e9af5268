namespace Wsss.Registry;

/// <summary>
/// Marks an option that names a file or folder whose content decides a result's key by another way: the path itself stays out of the key,
/// so that moved files give the result that is there.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CountedByContentAttribute : Attribute;
