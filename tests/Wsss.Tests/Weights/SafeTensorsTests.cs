using System.Text;
using TorchSharp;
using Wsss.Weights;
using static TorchSharp.torch;

namespace Wsss.Tests.Weights;

public sealed class SafeTensorsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_type_comes_back_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>
        {
            ["f32"] = tensor([float.NaN, -0f, 1e-45f, float.PositiveInfinity]).reshape(2, 2),
            ["f64"] = tensor([Math.PI, double.MinValue]),
            ["f16"] = tensor([1.5f, -2]).to(float16),
            ["bf16"] = tensor([3.25f, 1e30f]).to(bfloat16),
            ["i64"] = tensor([long.MinValue, 7]),
            ["i32"] = tensor([int.MinValue, 7]),
            ["i16"] = tensor(new short[] { -3, 4 }),
            ["i8"] = tensor(new sbyte[] { -3, 4 }),
            ["u8"] = tensor(new byte[] { 255, 4, 1 }),
            ["bool"] = tensor(new[] { true, false, true }),
            ["a.scalar"] = tensor(42L),
            ["nothing"] = empty(3, 0, 2),
            ["ключ \"+\""] = tensor(1f),
            ["transposed"] = arange(6, float32).reshape(2, 3).t(),
        };
        SafeTensorsFile.Write(Path, tensors, new Dictionary<string, string> { ["b"] = "ü", ["a"] = "1" });
        using SafeTensorsFile file = SafeTensorsFile.Open(Path);
        Assert.Equal(tensors.Keys.Order(), file.Tensors.Keys.Order());
        Assert.Equal("ü", file.Metadata["b"]);
        foreach ((string key, Tensor expected) in tensors)
        {
            Tensor found = file.Read(key);
            Assert.Equal(expected.dtype, found.dtype);
            Assert.Equal(expected.shape, found.shape);
            Assert.Equal(expected.contiguous().bytes, found.bytes);
            Assert.Equal(0, file.Tensors[key].Offset % found.ElementSize);
        }
    }

    [Fact]
    public void Bytes_depend_on_the_content_alone()
    {
        using var scope = NewDisposeScope();
        Tensor a = randn(3, 2),
            b = tensor(5L),
            c = randn(2);
        SafeTensorsFile.Write(
            _folder.File("1"),
            new Dictionary<string, Tensor>
            {
                ["c"] = c,
                ["b"] = b,
                ["a"] = a,
            },
            new Dictionary<string, string> { ["x"] = "1", ["y"] = "2" }
        );
        SafeTensorsFile.Write(
            _folder.File("2"),
            new Dictionary<string, Tensor>
            {
                ["a"] = a,
                ["b"] = b,
                ["c"] = c,
            },
            new Dictionary<string, string> { ["y"] = "2", ["x"] = "1" }
        );
        byte[] bytes = File.ReadAllBytes(_folder.File("1"));
        Assert.Equal(bytes, File.ReadAllBytes(_folder.File("2")));
        string text = Encoding.UTF8.GetString(bytes);
        Assert.True(text.IndexOf("\"a\":") < text.IndexOf("\"b\":") && text.IndexOf("\"b\":") < text.IndexOf("\"c\":"));
        Assert.Equal(2, _folder.Files.Length); // no temporary file is left
    }

    [Fact]
    public void A_hand_made_file_is_read()
    {
        using var scope = NewDisposeScope();
        WriteRaw("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},"n":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}  """,
            [3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
        using SafeTensorsFile file = SafeTensorsFile.Open(Path);
        Assert.Equal(3, file.Read("n").item<long>());
        Assert.Equal([1f, -2f], file.Read("w").data<float>().ToArray());
        Assert.Empty(file.Metadata);
        Tensor target = zeros(2, 1, float64);
        file.ReadInto("w", target);
        Assert.Equal([1d, -2d], target.data<double>().ToArray());
    }

    [Fact]
    public void A_file_that_ends_at_any_byte_is_refused()
    {
        using var scope = NewDisposeScope();
        SafeTensorsFile.Write(Path, new Dictionary<string, Tensor> { ["a"] = ones(2), ["b"] = tensor(1L) });
        byte[] whole = File.ReadAllBytes(Path);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(Path, whole[..length]);
            Assert.Contains(Path, Assert.Throws<WeightFileException>(() => SafeTensorsFile.Open(Path)).Message);
        }
        File.WriteAllBytes(Path, [.. whole, 0]);
        Assert.Throws<WeightFileException>(() => SafeTensorsFile.Open(Path));
    }

    [Fact]
    public void Any_changed_header_byte_is_an_error_or_a_valid_file()
    {
        using var scope = NewDisposeScope();
        SafeTensorsFile.Write(Path, new Dictionary<string, Tensor> { ["a"] = ones(2), ["b"] = tensor(true) });
        byte[] whole = File.ReadAllBytes(Path);
        for (int position = 0; position < whole.Length - 9; position++)
        {
            foreach (byte value in "\0\"0{}[],:9-\xff"u8)
            {
                byte[] changed = [.. whole];
                changed[position] = value;
                try
                {
                    using SafeTensorsFile file = SafeTensorsFile.Open("changed", new MemoryStream(changed));
                    foreach (string key in file.Tensors.Keys) file.Read(key);
                }
                catch (WeightFileException)
                {
                    // The only error that is allowed.
                }
            }
        }
    }

    [Theory]
    [InlineData(
        """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"v":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""",
        12,
        "overlaps"
    )]
    [InlineData(
        """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""",
        8,
        "overlaps"
    )]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "gap")]
    [InlineData(
        """{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        8,
        "'w' occurs twice"
    )]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"shape":[1]}}""", 4, "repeated")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0, "'a' occurs twice")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "'a' is not a string")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "occurs twice")]
    [InlineData("""{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "needs 12 bytes")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", 8, "'w' is too large")]
    [InlineData("""{"w":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}""", 8, "'w' needs")]
    [InlineData("""{"w":{"dtype":"U8","shape":[7],"data_offsets":[9223372036854775800,9223372036854775807]}}""", 7, "'w' is too large")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "-2")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "2.5")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}""", 8, "'w'")]
    [InlineData("""{"w":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", 8, "F8_E4M3")]
    [InlineData("""{"w":{"shape":[2],"data_offsets":[0,8]}}""", 8, "needs dtype")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, "two data_offsets")]
    [InlineData("""{"w":5}""", 8, "'w'")]
    [InlineData("""{"w":{"dtype":"U8","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "'w' is too large")]
    [InlineData(
        """{"w":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}""",
        1,
        "more than 64"
    )]
    [InlineData("[]", 0, "not a JSON object")]
    [InlineData("""{"w":{""", 0, "not valid JSON")]
    [InlineData("""{"\ud800":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}""", 0, "not valid JSON")]
    public void A_hostile_header_is_refused_by_name(string header, int dataBytes, string part)
    {
        WriteRaw(header, new byte[dataBytes]);
        WeightFileException error = Assert.Throws<WeightFileException>(() => SafeTensorsFile.Open(Path));
        Assert.Contains(part, error.Message);
        Assert.Contains(Path, error.Message);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData(10_000_000_000UL)]
    [InlineData(100_000_001UL)]
    [InlineData(99_999_999UL)]
    public void A_huge_header_length_is_refused_before_anything_is_allocated(ulong length)
    {
        File.WriteAllBytes(Path, [.. BitConverter.GetBytes(length), .. "{}"u8]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<WeightFileException>(() => SafeTensorsFile.Open(Path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void A_boolean_that_is_neither_is_refused()
    {
        WriteRaw("""{"m":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}""", [1, 2]);
        using SafeTensorsFile file = SafeTensorsFile.Open(Path);
        Assert.Contains("'m'", Assert.Throws<WeightFileException>(() => file.Read("m")).Message);
    }

    [Fact]
    public void Wrong_uses_are_named()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("absent", Assert.Throws<WeightFileException>(() => SafeTensorsFile.Open(_folder.File("absent"))).Message);
        SafeTensorsFile.Write(Path, new Dictionary<string, Tensor> { ["w"] = ones(2) });
        using SafeTensorsFile file = SafeTensorsFile.Open(Path);
        Assert.Contains("'v'", Assert.Throws<WeightFileException>(() => file.Read("v")).Message);
        Assert.Contains("[3]", Assert.Throws<WeightFileException>(() => file.ReadInto("w", zeros(3))).Message);
        Assert.Contains("'z'", Assert.Throws<WeightFileException>(() =>
            SafeTensorsFile.Write(Path, new Dictionary<string, Tensor> { ["z"] = zeros(1, complex64) })).Message);
        Assert.Contains("'__metadata__' is reserved", Assert.Throws<WeightFileException>(() =>
            SafeTensorsFile.Write(Path, new Dictionary<string, Tensor> { ["__metadata__"] = ones(1) })).Message);
        Assert.Equal("safetensors", file.Format);
        Assert.Equal(Path, file.Path);
    }

    [Fact]
    public void No_tensor_survives_reading_and_writing()
    {
        using Tensor w = ones(4, 2), target = zeros(2, 4, float64);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        SafeTensorsFile.Write(Path, new Dictionary<string, Tensor> { ["w"] = w });
        using SafeTensorsFile file = SafeTensorsFile.Open(Path);
        file.ReadInto("w", target);
        file.Read("w").Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private string Path => _folder.File("weights.safetensors");

    private void WriteRaw(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(Path, [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. data]);
    }
}
