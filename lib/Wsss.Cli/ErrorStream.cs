namespace Wsss.Cli;

/// <summary>
/// Standard error that loses what cannot be written. A full disk or a reader that has gone ends no work of hours for the sake of its
/// progress, and there is no other place to say so.
/// </summary>
/// <param name="errors">The system's.</param>
internal sealed class ErrorStream(Stream errors) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>In place of the standard error of .NET; before anybody else asks for it.</summary>
    public static void Install() => Console.SetError(
        new StreamWriter(new ErrorStream(Console.OpenStandardError()), Console.Error.Encoding) { AutoFlush = true });

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            errors.Write(buffer);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Lost.
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => errors.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
