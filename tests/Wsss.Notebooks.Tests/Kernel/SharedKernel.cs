namespace Wsss.Notebooks.Tests.Kernel;

/// <summary>One kernel and one client for the tests of a class.</summary>
public sealed class SharedKernel : IDisposable
{
    private readonly RunningKernel _kernel = new(RunningKernel.NewConnection(), new WordLanguage());

    public SharedKernel() => Client = KernelClient.Connected(_kernel.Connection);

    internal KernelClient Client { get; }

    internal Wsss.Kernel.ConnectionFile Connection => _kernel.Connection;

    internal IEnumerable<string> Notes => _kernel.Notes;

    public void Dispose()
    {
        Client.Dispose();
        _kernel.Dispose();
    }
}
