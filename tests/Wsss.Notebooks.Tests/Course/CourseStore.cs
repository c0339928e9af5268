namespace Wsss.Notebooks.Tests.Course;

/// <summary>
/// One store for all tests that run the notebooks at the smoke scale: what one of them has trained the others take from it, as the
/// notebooks themselves do.
/// </summary>
public sealed class CourseStore : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>The folder of the store.</summary>
    public string Path => _folder.Path;

    public void Dispose() => _folder.Dispose();

    /// <summary>Whoever belongs to it gets the same store.</summary>
    [CollectionDefinition]
    public sealed class Users : ICollectionFixture<CourseStore>;
}
