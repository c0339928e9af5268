using System.Text.Json;

namespace Wsss.Data.Labels;

/// <summary>Looks at JSON of any length without keeping it.</summary>
internal static class JsonScan
{
    private const int BlockSize = 1 << 16, MaxBytes = 1 << 30;

    /// <summary>Whether the outermost object has members of all these names; what follows the last of them is not looked at.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static bool HasTopLevelNames(Stream stream, params IEnumerable<string> names)
    {
        var missing = new HashSet<string>(names);
        var state = new JsonReaderState(new JsonReaderOptions { MaxDepth = 64 });
        byte[] buffer = new byte[BlockSize];
        int kept = 0;
        long all = 0;
        while (true)
        {
            int read = stream.Read(buffer, kept, buffer.Length - kept);
            if ((all += read) > MaxBytes) throw new JsonException($"it is longer than {MaxBytes >> 20} MiB");
            var reader = new Utf8JsonReader(buffer.AsSpan(0, kept + read), isFinalBlock: read == 0, state);
            while (reader.Read())
            {
                if (reader.CurrentDepth == 0 && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.EndObject))
                    return false;
                if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName) continue;
                if (missing.Remove(reader.GetString()!) && missing.Count == 0) return true;
            }
            if (read == 0) return false;
            state = reader.CurrentState;
            int used = (int)reader.BytesConsumed;
            kept = kept + read - used;
            buffer.AsSpan(used, kept).CopyTo(buffer);
            // A token longer than the buffer.
            if (kept == buffer.Length) Array.Resize(ref buffer, 2 * buffer.Length);
        }
    }
}
