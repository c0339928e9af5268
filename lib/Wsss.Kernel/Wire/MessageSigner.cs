using System.Security.Cryptography;
using System.Text;

namespace Wsss.Kernel.Wire;

/// <summary>Signs messages with HMAC-SHA256 and tells whether a signature is right and new.</summary>
/// <param name="key">Shared with the client by the connection file.</param>
internal sealed class MessageSigner(byte[] key)
{
    /// <summary>How many signatures are remembered; one that comes again is a message that somebody has recorded.</summary>
    public const int Remembered = 1 << 16;

    private readonly HashSet<string> _seen = [];
    private readonly Queue<string> _order = [];

    /// <summary>The signature of a message's four JSON frames: 64 hexadecimal digits in ASCII.</summary>
    public byte[] Sign(ReadOnlySpan<byte[]> frames)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        foreach (byte[] frame in frames) hash.AppendData(frame);
        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Whether a signature is that of the frames; takes the same time however many of its digits are right.</summary>
    public bool IsValid(byte[] signature, ReadOnlySpan<byte[]> frames) => CryptographicOperations.FixedTimeEquals(signature, Sign(frames));

    /// <summary>Remembers a valid signature; false if it came before. Called on one thread.</summary>
    public bool IsNew(byte[] signature)
    {
        string text = Encoding.ASCII.GetString(signature);
        if (!_seen.Add(text)) return false;
        _order.Enqueue(text);
        if (_order.Count > Remembered) _seen.Remove(_order.Dequeue());
        return true;
    }
}
