using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Wsss.Comparisons;
using Wsss.Data;
using Wsss.Data.Labels;
using Wsss.Storage;
using Wsss.Tests.Data;
using Wsss.Tests.Weights;
using Wsss.Weights;

namespace Wsss.Tests.Hostile;

/// <summary>Files that are made to take time or memory, and what is no file: each is refused by its header or its first bytes.</summary>
public sealed class HostileFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(RawPng.Grey, 1)]
    [InlineData(RawPng.Grey, 8)]
    [InlineData(RawPng.Rgba, 16)]
    public void A_few_bytes_that_ask_for_a_huge_image_are_refused(byte colorType, byte depth)
    {
        string path = Written("bomb.png", HeaderOnly(23_000, 23_000, colorType, depth));
        string message = Assert.Throws<ImageFileException>(() => ImageFile.ReadRgb(path)).Message;
        Assert.Contains("bomb.png", message);
        Assert.Contains("at most 100000000 pixels, found 23000×23000", message);
        Assert.Contains("23000×23000", Assert.Throws<ImageFileException>(() => ImageFile.ReadMask(path)).Message);
        Assert.Contains("23000×23000", Assert.Throws<ImageFileException>(() => ImageFile.ReadSize(path)).Message);
    }

    [Fact]
    public void A_whole_image_of_too_many_pixels_is_refused_and_tells_what_would_allow_it()
    {
        // 128 MB of zeros become 125 KB.
        string path = Written("bomb.png", Whole(12_000, 10_700, RawPng.Grey, 8));
        var error = Assert.Throws<ImageFileException>(() => ImageFile.ReadRgb(path));
        Assert.Contains(ImageFile.MaxPixelsVariable, error.Message);
        Assert.Equal(Remedy.AllowLargeImages, error.Remedy);
    }

    [Fact]
    public void A_header_that_its_bytes_cannot_fill_is_not_believed()
    {
        string png = Written("thin.png", HeaderOnly(9_000, 9_000, RawPng.Rgb, 8));
        Assert.Contains("more than its data hold", Assert.Throws<ImageFileException>(() => ImageFile.ReadRgb(png)).Message);
        Assert.Contains("more than its data hold", Assert.Throws<ImageFileException>(() => ImageFile.ReadMask(png)).Message);
        ImageFile.WriteJpeg(_folder.File("thin.jpg"), new RgbImage(16, 16, new byte[768]));
        byte[] jpeg = File.ReadAllBytes(_folder.File("thin.jpg"));
        int frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), 9_000);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), 9_000);
        Assert.Contains("more than its data hold", Assert.Throws<ImageFileException>(() => ImageFile.ReadRgb(jpeg, "thin.jpg")).Message);
    }

    [Theory]
    [InlineData(0xFFFFFFF4)]
    [InlineData(0xFFFFFFFF)]
    [InlineData(0x7FFFFFFF)]
    public void A_chunk_that_is_longer_than_any_file_ends_the_reading(uint length)
    {
        byte[] png = Whole(4, 4, RawPng.Grey, 8);
        // The chunk behind the header.
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(8 + 25), length);
        Assert.Contains("truncated", Assert.Throws<ImageFileException>(() => ImageFile.ReadMask(png, "a.png")).Message);
        Assert.Contains("truncated", Assert.Throws<ImageFileException>(() => ImageFile.ReadRgb(png, "a.png")).Message);
    }

    [Theory]
    [InlineData(null, 100_000_000)]
    [InlineData("", 100_000_000)]
    [InlineData("5000", 5000)]
    public void The_limit_is_what_the_variable_says(string? text, long expected) => Assert.Equal(expected, ImageLimit.Of(text));

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("99999999999")]
    public void Another_limit_is_an_error(string text) =>
        Assert.Contains($"'{text}'", Assert.Throws<WsssException>(() => ImageLimit.Of(text)).Message);

    [Theory]
    [InlineData("GIF89a\u0001\u0000\u0001\u0000")]
    [InlineData("II*\0")]
    [InlineData("\0\0\u0001\0")]
    public void Formats_that_are_not_promised_are_not_decoded(string start) =>
        Assert.Contains(
            "JPEG, PNG, WebP or BMP",
            Assert
                .Throws<ImageFileException>(() => ImageFile.ReadRgb([.. Encoding.Latin1.GetBytes(start), .. new byte[64]], "a.jpg"))
                .Message
        );

    [Fact]
    public void No_reader_waits_for_a_pipe()
    {
        string pipe = Pipes.Make(_folder.File("pipe"));
        Action[] readers =
        [
            () => ImageFile.ReadRgb(pipe),
            () => ImageFile.ReadMask(pipe),
            () => ImageFile.ReadGray(pipe),
            () => ImageFile.ReadSize(pipe),
            () => WeightFile.Open(pipe),
            () => NpyFile.Read(pipe),
            () => NpzFile.Read(pipe, "a"),
            () => VocAnnotation.Read(pipe),
            () => ClassList.Read(pipe),
            () => DataSet.Load(pipe),
            () => new DelimitedLabels().Read(pipe, null),
            () => new JsonLabels().Read(pipe, null),
            () => new CocoLabels().Read(pipe, null),
            () => new CvatLabels().Read(pipe, null),
            () => new NpyLabels().Read(pipe, null),
            () => ComparisonGrid.Load(pipe),
            () => FileHash.Compute(pipe),
        ];
        foreach (var reader in readers)
            Assert.Contains("pipe", Assert.ThrowsAny<WsssException>(reader).Message);
    }

    [Fact]
    public void A_photograph_that_is_a_link_to_a_device_is_refused() => Assert.Contains(
        "a.jpg", Assert.Throws<ImageFileException>(() => ImageFile.ReadRgb(Pipes.Endless(_folder.File("a.jpg")))).Message);

    [Fact]
    public void A_long_safetensors_header_is_refused_by_its_length()
    {
        using (var file = File.Create(_folder.File("long.safetensors")))
        {
            file.Write(BitConverter.GetBytes(87_000_000L));
            file.SetLength(87_000_008);
        }
        Assert.Contains(
            "at most 16777216 bytes, found one of 87000000",
            Assert.Throws<WeightFileException>(() => WeightFile.Open(_folder.File("long.safetensors"))).Message
        );
    }

    [Fact]
    public void An_archive_that_promises_more_than_it_can_hold_is_refused()
    {
        using (var file = File.Create(_folder.File("bomb.npz")))
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create))
        using (var entry = archive.CreateEntry("a.npy", CompressionLevel.Optimal).Open())
            entry.Write(new byte[1 << 20]);
        byte[] bytes = File.ReadAllBytes(_folder.File("bomb.npz"));
        int directory = bytes.AsSpan().IndexOf("PK\x1\x2"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(directory + 24), 1 << 30);
        Assert.Contains("1073741824 bytes", Assert.Throws<DataSetException>(() => NpzFile.Read(Written("bomb.npz", bytes), "a")).Message);
    }

    [Theory]
    [InlineData("<a>", "64")]
    [InlineData("<annotation><object><name>", "64")]
    [InlineData("<!-- x", "line")]
    [InlineData("<a b='x", "line")]
    public void Long_xml_that_is_never_closed_is_refused(string part, string expected)
    {
        string path = Written(
            "a.xml",
            [.. Enumerable.Repeat(Encoding.UTF8.GetBytes(part), 600_000 / part.Length).SelectMany(bytes => bytes)]
        );
        string message = Assert.Throws<DataSetException>(() => VocAnnotation.Read(path)).Message;
        Assert.Contains("a.xml", message);
        Assert.Contains(expected, message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("a.csv", ",", "characters")]
    [InlineData("a.csv", "x", "characters")]
    [InlineData("a.json", "[", "depth")]
    [InlineData("a.json", "{\"a\":", "depth")]
    [InlineData("a.jsonl", "[", "depth")]
    [InlineData("names.yaml", "[", "deep")]
    public void Wide_and_deep_texts_are_refused(string name, string part, string expected)
    {
        string path = Written(
            name,
            [.. Enumerable.Repeat(Encoding.UTF8.GetBytes(part), 2_000_000 / part.Length).SelectMany(bytes => bytes)]
        );
        string message = Assert
            .Throws<DataSetException>(() => name == "names.yaml" ? (object)ClassList.Read(path) : LabelFormat.ReadAny(path))
            .Message;
        Assert.Contains(name, message);
        Assert.Contains(expected, message);
    }

    [Fact]
    public void A_row_of_too_many_cells_and_a_cell_without_end_are_refused_with_their_line()
    {
        Assert.Contains(
            "line 2",
            Assert
                .Throws<DataSetException>(() =>
                    LabelFormat.ReadAny(Written("a.csv", Encoding.UTF8.GetBytes("image,labels\n" + new string(',', 20_000))))
                )
                .Message
        );
        string message = Assert
            .Throws<DataSetException>(() =>
                LabelFormat.ReadAny(Written("a.csv", Encoding.UTF8.GetBytes("image,labels\n1.jpg,\"" + new string('x', 100_000))))
            )
            .Message;
        Assert.Contains("a.csv, line", message);
        Assert.Contains("65536", message);
    }

    [Fact]
    public void A_row_without_end_is_refused_before_it_is_cut_into_cells()
    {
        string endless = "image,labels\n1.jpg,cat\n" + string.Concat(Enumerable.Repeat("\"a\n\",", 400_000));
        string message = Assert
            .Throws<DataSetException>(() => LabelFormat.ReadAny(Written("a.csv", Encoding.UTF8.GetBytes(endless))))
            .Message;
        Assert.Contains("a.csv, line 3: expected a row of at most 1048576 characters", message);
    }

    [Fact]
    public void Labels_whose_folders_are_linked_in_circles_are_read_once()
    {
        Directory.CreateDirectory(_folder.File("labels"));
        Directory.CreateDirectory(_folder.File("images"));
        foreach (string link in (string[])["a", "b", "c"])
            Directory.CreateSymbolicLink(_folder.File("labels", link), _folder.File("labels"));
        File.WriteAllText(_folder.File("labels", "1.txt"), "0 .5 .5 1 1\n");
        File.WriteAllText(_folder.File("classes.txt"), "cat\n");
        ImageFile.WriteJpeg(_folder.File("images", "1.jpg"), new RgbImage(8, 8, new byte[192]));
        Assert.Equal(["images/1.jpg"], LabelFormat.ReadAny(_folder.Path).Rows.Select(row => row.Image));
    }

    [Fact]
    public void A_thousand_names_for_the_same_numbers_are_refused()
    {
        var pickle = new PickleWriter().OrderedDict().Op(PickleWriter.Mark);
        for (int i = 0; i < 1000; i++)
            pickle.Text($"{i}").Tensor("FloatStorage", "0", 2, 0, [2], [1]);
        byte[] file = TorchSaved.File(pickle.Op(PickleWriter.SetItems).Stop(), [TorchSaved.Bytes(1f, 2)]);
        Assert.Contains(
            "8000 bytes together",
            Assert.Throws<WeightFileException>(() => WeightFile.Open("many.pth", new MemoryStream(file))).Message
        );
    }

    [Fact]
    public void Names_of_any_length_are_not_compared_letter_by_letter()
    {
        string name = new('x', 1_000_000);
        Assert.Equal("", Wsss.Registry.NearNames.Question(Enumerable.Repeat(name, 100), name + "y"));
    }

    private string Written(string name, byte[] file)
    {
        File.WriteAllBytes(_folder.File(name), file);
        return _folder.File(name);
    }

    /// <summary>A PNG that ends properly and has next to no pixels.</summary>
    private static byte[] HeaderOnly(int width, int height, byte colorType, byte depth) =>
        Png(width, height, colorType, depth, [0x78, 0x9c, 3, 0, 0, 0, 0, 1]);

    private static byte[] Whole(int width, int height, byte colorType, byte depth)
    {
        using var pixels = new MemoryStream();
        using (var zlib = new ZLibStream(pixels, CompressionLevel.Fastest, leaveOpen: true))
            for (int y = 0; y < height; y++) zlib.Write(new byte[width * depth / 8 + 1]);
        return Png(width, height, colorType, depth, pixels.ToArray());
    }

    private static byte[] Png(int width, int height, byte colorType, byte depth, byte[] pixels)
    {
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (depth, colorType);
        return
        [
            0x89,
            .. "PNG\r\n\x1A\n"u8,
            .. RawPng.Chunk("IHDR"u8, header),
            .. RawPng.Chunk("IDAT"u8, pixels),
            .. RawPng.Chunk("IEND"u8, []),
        ];
    }
}
