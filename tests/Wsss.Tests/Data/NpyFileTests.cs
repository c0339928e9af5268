using System.Text;
using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class NpyFileTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _file;

    public NpyFileTests() => _file = _folder.File("a.npy");


    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 3 })]
    [InlineData(new[] { 0, 4, 5 })]
    [InlineData(new[] { 2, 3, 4 })]
    [InlineData(new[] { 1, 2, 1, 3, 1 })]
    public void What_was_written_is_read_back(int[] shape)
    {
        float[] values = [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(i => i / 7f)];
        NpyFile.Write(_file, new NpyArray(shape, values));
        NpyArray found = NpyFile.Read(_file);
        Assert.Equal(shape, found.Shape);
        Assert.Equal(values, found.Values);
    }

    [Fact]
    public void The_bytes_are_those_of_numpy_save()
    {
        NpyFile.Write(_file, new NpyArray([2, 3], [0, 1, 2, 3, 4, -0.5f]));
        byte[] file = File.ReadAllBytes(_file);
        string text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".PadRight(117) + "\n";
        byte[] expected = [0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(text)];
        Assert.Equal(128, expected.Length);
        Assert.Equal(expected, file[..128]);
        Assert.Equal(-0.5f, BitConverter.ToSingle(file, file.Length - 4));
        Assert.Equal(128 + 6 * 4, file.Length);
    }

    [Theory]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (2,), }", 16, "'<c8'")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1), }", 8, "Fortran")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 8, "another number of bytes")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", 8, "another number of bytes")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (65536, 65536, 65536, 65536, 65536), }", 0, "another number of bytes")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }", 8, "its shape")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", 8, "its header")]
    [InlineData("", 8, "its header")]
    public void Other_content_is_an_error_that_says_what_it_is(string header, int dataBytes, string expected)
    {
        File.WriteAllBytes(
            _file,
            [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. new byte[dataBytes]]
        );
        var error = Assert.Throws<DataSetException>(() => NpyFile.Read(_file));
        Assert.Contains(expected, error.Message);
        Assert.Contains(_file, error.Message);
    }

    [Theory]
    [InlineData(new byte[0], "0 bytes")]
    [InlineData(new byte[] { 0x93, 78, 85, 77, 80, 89, 2, 0, 0, 0, 0, 0 }, "version is 2.0")]
    [InlineData(new byte[] { 0x93, 78, 85, 77, 80, 89, 1, 0, 255, 255, 0, 0 }, "truncated")]
    [InlineData(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 }, "magic")]
    public void A_broken_start_is_an_error(byte[] content, string expected)
    {
        File.WriteAllBytes(_file, content);
        Assert.Contains(expected, Assert.Throws<DataSetException>(() => NpyFile.Read(_file)).Message);
    }

    [Fact]
    public void Every_truncation_of_a_file_is_an_error()
    {
        NpyFile.Write(_file, new NpyArray([1, 2, 2], [1, 2, 3, 4]));
        byte[] whole = File.ReadAllBytes(_file);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_file, whole[..length]);
            Assert.Throws<DataSetException>(() => NpyFile.Read(_file));
        }
    }

    [Fact]
    public void A_missing_file_and_values_that_do_not_fit_the_shape_are_errors()
    {
        Assert.Contains("none.npy", Assert.Throws<DataSetException>(() => NpyFile.Read(_folder.File("none.npy"))).Message);
        Assert.Throws<ArgumentException>(() => NpyFile.Write(_file, new NpyArray([2, 2], [1, 2, 3])));
        Assert.Throws<ArgumentException>(() => NpyFile.Write(_file, new NpyArray([-1, -1], [1])));
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("<f8", new byte[] { 0, 0, 0, 0, 0, 0, 0xE0, 0x3F }, 0.5f)]
    [InlineData("<f2", new byte[] { 0x00, 0x38 }, 0.5f)]
    [InlineData("|u1", new byte[] { 51 }, 0.2f)]
    [InlineData("<u2", new byte[] { 0xFF, 0xFF }, 1f)]
    [InlineData("<i4", new byte[] { 7, 0, 0, 0 }, 7f)]
    public void Other_number_types_are_read(string type, byte[] number, float expected)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': (1,), }}";
        File.WriteAllBytes(_file, [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. number]);
        Assert.Equal([expected], NpyFile.Read(_file).Values);
    }
}
