using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Wsss.Data;
using Wsss.Data.Labels;
using Wsss.Tests.Data;
using Wsss.Tests.Weights;

namespace Wsss.Tests.Hostile;

/// <summary>Every reader of other people's files, with thousands of damaged files.</summary>
public sealed class FuzzTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_damaged_jpeg_is_read_or_refused() =>
        Fuzz.Check(
            [Jpeg(16, 12), Jpeg(40, 24), Turned()],
            [
                [0xFF],
                [0xFF, 0xD8],
                [0xFF, 0xD9],
                [0xFF, 0xDA],
                [0xFF, 0xC0],
                [0xFF, 0xC2],
                [0xFF, 0xC4],
                [0xFF, 0xDB],
                [0xFF, 0xE1],
                [0xFF, 0xDD],
                .. Orientations,
            ],
            file => ReadPhotograph(file, "a.jpg")
        );

    [Fact]
    public void A_damaged_png_is_read_or_refused() =>
        Fuzz.Check(
            [
                RawPng.Of(5, 4, RawPng.Rgb, 8, Samples(60, 256)),
                RawPng.Of(4, 4, RawPng.Rgba, 16, Samples(64, 65536), interlaced: true),
                RawPng.Of(9, 3, RawPng.Indexed, 2, Samples(27, 4), Palette),
            ],
            PngWords,
            file => ReadPhotograph(file, "a.png"),
            WithPngChecksums
        );

    [Fact]
    public void A_damaged_webp_is_read_or_refused() =>
        Fuzz.Check(
            [Webp(100), Webp(40)],
            [.. "RIFF|WEBP|VP8 |VP8L|VP8X|ALPH|ANIM|ANMF|EXIF|ICCP".Split('|').Select(Encoding.ASCII.GetBytes)],
            file => ReadPhotograph(file, "a.webp")
        );

    [Fact]
    public void A_damaged_bmp_is_read_or_refused() =>
        Fuzz.Check(
            [Bmp],
            [
                [40, 0, 0, 0],
                [1, 0, 24, 0],
                [1, 0, 8, 0],
                [0, 0, 0, 0x80],
            ],
            file => ReadPhotograph(file, "a.bmp")
        );

    [Fact]
    public void A_damaged_mask_is_read_or_refused() => Fuzz.Check(
        [
            RawPng.Of(9, 3, RawPng.Indexed, 2, Samples(27, 4), Palette), RawPng.Of(6, 5, RawPng.Grey, 16, Samples(30, 3)),
            RawPng.Of(6, 5, RawPng.Grey, 8, Samples(30, 3), interlaced: true), RawPng.Of(3, 3, RawPng.GreyAlpha, 8, Samples(18, 255)),
        ],
        PngWords, file => ImageFile.ReadMask(file, "a.png"), WithPngChecksums);

    [Fact]
    public void A_damaged_npy_is_read_or_refused() =>
        Fuzz.Check(
            [Npy("<f4", "(2, 3)", 24), Npy("|u1", "(7,)", 7), Npy("<i8", "()", 8)],
            NpyWords,
            file => NpyFile.Read(Written("a.npy", file))
        );

    [Fact]
    public void A_damaged_npz_is_read_or_refused() =>
        Fuzz.Check(
            [Npz(CompressionLevel.Optimal), Npz(CompressionLevel.NoCompression)],
            [
                [.. "PK\x1\x2"u8],
                [.. "PK\x3\x4"u8],
                [.. "PK\x5\x6"u8],
                [.. "PK\x6\x6"u8],
                [.. "a.npy"u8],
                [8, 0],
                .. NpyWords,
            ],
            file => NpzFile.Read(Written("a.npz", file), "a")
        );

    [Fact]
    public void A_damaged_npy_within_an_npz_is_read_or_refused() =>
        Fuzz.Check(
            [Npy("<f4", "(2, 3)", 24), Npy("<u2", "(7,)", 14)],
            NpyWords,
            file => NpzFile.Read(Written("a.npz", Npz(CompressionLevel.Fastest, file)), "a")
        );

    [Fact]
    public void A_damaged_npy_of_labels_is_read_or_refused() =>
        Fuzz.Check(
            [LabelNpy(LabelPickle(protocol: 2)), LabelNpy(LabelPickle(protocol: 4))],
            [
                [(byte)'R'],
                [(byte)'b'],
                [(byte)'e'],
                [(byte)'u'],
                [(byte)'.'],
                [0x85],
                [0x86],
                [0x87],
                [0x8a, 1],
                [0x93],
                [0x94],
                [(byte)'h', 0],
                [(byte)'h', 1],
                [(byte)'(', (byte)'t'],
                [.. "cnumpy\ndtype\n"u8],
                [.. "cnumpy\nndarray\n"u8],
                [.. "cnumpy.core.multiarray\nscalar\n"u8],
                [.. "c_codecs\nencode\n"u8],
                [.. "cos\nsystem\n"u8],
            ],
            file => LabelFormat.ReadAny(Written("a.npy", file))
        );

    [Fact]
    public void A_damaged_yaml_is_read_or_refused() =>
        Fuzz.Check(
            [
                .. new[]
                {
                    "a: &a [1, 2.5, \"x\", 'y']\nb: *a\nc: {d: ~, e: true}\n# f\ng:\n  - h: |\n      text\n    i: >-\n      more\n  - "
                        + "!!str 5\n",
                    "folder: photographs\nclasses: [cat, dog]\nseed: 3\n",
                    "%YAML 1.2\n---\n? x\n: - - y\n...\n",
                }.Select(Encoding.UTF8.GetBytes),
            ],
            [
                .. "&a|*a|[|]|{|}|:|: |- |? |!|!!int |%|---\n|...\n|<<: *a|\n|  |\t|#|\"|'|\\x|\\u12|>|@|`"
                    .Split('|')
                    .Select(Encoding.UTF8.GetBytes),
            ],
            file => WsssYaml.ToJson(Encoding.UTF8.GetString(file), "a.yaml")
        );

    [Fact]
    public void A_damaged_data_set_is_read_or_refused() =>
        Fuzz.Check(
            [
                .. new[]
                {
                    "photographs:\n  folder: photographs\n  classes: [cat, dog]\n  seed: 3\n",
                    "{voc: {folder: VOC2012, seed: 2}}",
                }.Select(Encoding.UTF8.GetBytes),
            ],
            [.. "null|[]|{}|menagerie|labels: |leaves|: |1e999|-1|\n".Split('|').Select(Encoding.UTF8.GetBytes)],
            file => DataSet.Load(Written("a.yaml", file))
        );

    [Fact]
    public void A_damaged_xml_is_read_or_refused() =>
        Fuzz.Check(
            [
                .. new[]
                {
                    "<?xml version=\"1.0\"?><annotation><object><name>cat</name><part><name>ear</name></part></object>"
                        + "<object><name><![CDATA[dog]]></name></object></annotation>",
                    "<!DOCTYPE a [<!ENTITY e 'x'>]><a xmlns='u'><!-- c --><Object b=\"1\"><Name>A&amp;B&#65;</Name></Object></a>",
                }.Select(Encoding.UTF8.GetBytes),
            ],
            [
                .. "<a>|</a>|<|>|&|&e;|&#0;|<!--|-->|<![CDATA[|]]>|<?|?>|<!DOCTYPE |[|<!ENTITY ".Split('|').Select(Encoding.UTF8.GetBytes),
                .. "\"|'|<object>|<name>|</name>|<name/>|xmlns:b=''|b:".Split('|').Select(Encoding.UTF8.GetBytes),
            ],
            file => VocAnnotation.Read(Written("a.xml", file))
        );

    [Fact]
    public void A_damaged_table_is_read_or_refused() =>
        Fuzz.Check(
            [
                .. new[]
                {
                    "image,labels,split\n1.jpg,cat;dog,train\n\"2, 3.jpg\",\"dog\",val\n",
                    "file,cat,dog\n1.jpg,1,0\n2.jpg,0,1\n",
                    ",file,Cat,dog\n0,1.jpg,True,False\n",
                    "1.jpg,cat\n2.jpg,dog\n",
                }.Select(Encoding.UTF8.GetBytes),
            ],
            [
                .. ",|;|\t|\"|\"\"|\n|\r|['cat', 'dog']|is_valid|label|split|Cat|cat|background|1|0|\0|\ufeff| "
                    .Split('|')
                    .Select(Encoding.UTF8.GetBytes),
            ],
            file => LabelFormat.ReadAny(Written("a.csv", file))
        );

    [Theory]
    [InlineData("a.tsv", "image\ttags\n1.jpg\tcat, dog\n2.jpg\tdog\n")]
    [InlineData("a.txt", "1.jpg cat dog\nmy photo.png dog\n")]
    [InlineData(
        "a.jsonl",
        "{\"file_name\": \"1.jpg\", \"label\": \"cat;dog\"}\n{\"file_name\": \"2.jpg\", \"label\": \"dog\", \"split\": \"train\"}\n"
    )]
    [InlineData(
        "a.json",
        """{"1.jpg": ["cat", "dog"], "2.jpg": {"cat": 0, "dog": true}, "3.jpg": {"labels": ["\u00e9"], "split": "val"}}"""
    )]
    [InlineData("a.json", """[{"image": "1.jpg", "labels": ["cat", "dog"]}, {"image": "2.jpg", "choice": {"choices": ["cat"]}}]""")]
    [InlineData(
        "a.json",
        """
            {"images": [{"id": 7, "file_name": "1.jpg", "width": 8, "height": 6}, {"id": 8, "file_name": "2.jpg", "width": 4, "height": 4}],
             "categories": [{"id": 3, "name": "cat"}, {"id": 5, "name": "dog"}],
             "annotations": [{"image_id": 7, "category_id": 3, "segmentation": [[1, 1, 5, 1, 5, 4]], "iscrowd": 0}, {"image_id": 8, "category_id": 5,
              "segmentation": {"size": [4, 4], "counts": [2, 5, 9]}}, {"image_id": 8, "category_id": 3, "segmentation": {"size": [4, 4], "counts": "259"}}]}
            """
    )]
    public void Damaged_labels_are_read_or_refused(string name, string text) =>
        Fuzz.Check(
            [Encoding.UTF8.GetBytes(text)],
            [
                .. "\"|{|}|[|]|,|:|null|true|1e999|-1|4294967296|\\ud800|\\u0000|\"Cat\"|\"cat\"|\"labels\":|\"image\":|\n|\t|\0| "
                    .Split('|')
                    .Select(Encoding.UTF8.GetBytes),
            ],
            file =>
            {
                foreach (var row in LabelFormat.ReadAny(Written(name, file)).Rows)
                    row.Mask?.Invoke();
            }
        );

    [Fact]
    public void Damaged_class_names_are_read_or_refused() =>
        Fuzz.Check(
            [
                .. new[]
                {
                    "cat\ndog\n",
                    "{0: 'cat', 1: \"dog\"}",
                    "[\"cat\", \"dog\"]",
                    "names:\n  0: cat\n  1: dog\n",
                    "0 cat\n1 dog\n",
                    "n01440764 tench\nn01443537 goldfish\n",
                    "{\n0: 'devil's needle',\n1: 'x',\n}",
                    "classes = ('cat', 'dog')",
                }.Select(Encoding.UTF8.GetBytes),
            ],
            [.. "'|\"|:|,|{|}|[|]|(|)|0|1|\n|names:|\\ud800|null|background|=| ".Split('|').Select(Encoding.UTF8.GetBytes)],
            file => ClassList.Read(Written("classes.txt", file))
        );

    private static byte[][] Orientations { get; } = [[.. "Exif\0\0"u8], [.. "MM\0*"u8], [.. "II*\0"u8], [0x01, 0x12]];

    private static byte[][] PngWords { get; } =
    [
        .. "IHDR|IDAT|IEND|PLTE|tRNS|eXIf|iCCP|zTXt|acTL|gAMA".Split('|').Select(Encoding.ASCII.GetBytes),
        [0, 0, 0, 13],
        [0x7F, 0xFF, 0xFF, 0xFF],
        [8, 6],
        [16, 2],
        [1, 0],
    ];

    private static byte[][] NpyWords { get; } =
        [.. "<f8|<f2|'|(|)|,|99999999|0|-1|True|False|descr|shape|fortran_order|{|}".Split('|').Select(Encoding.ASCII.GetBytes)];

    private static byte[] Palette { get; } = [0, 0, 0, 128, 0, 0, 0, 128, 0, 128, 128, 0];

    /// <summary>Four pixels of 24 bits, from below.</summary>
    private static byte[] Bmp { get; } =
    [
        .. "BM"u8, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, .. new byte[24],
        1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0,
    ];

    private static int[] Samples(int count, int range) => [.. Enumerable.Range(0, count).Select(i => i * 7919 % range)];

    private static RgbImage Picture(int width, int height) =>
        new(width, height, [.. Samples(3 * width * height, 256).Select(value => (byte)value)]);

    private byte[] Jpeg(int width, int height)
    {
        ImageFile.WriteJpeg(_folder.File("made.jpg"), Picture(width, height));
        return File.ReadAllBytes(_folder.File("made.jpg"));
    }

    private byte[] Turned()
    {
        Jpeg(16, 8);
        RawPng.Orient(_folder.File("made.jpg"), 6);
        return File.ReadAllBytes(_folder.File("made.jpg"));
    }

    private static byte[] Webp(int quality)
    {
        using var bitmap = new SkiaSharp.SKBitmap(12, 9);
        for (int i = 0; i < 108; i++) bitmap.SetPixel(i % 12, i / 12, new SkiaSharp.SKColor((byte)(i * 2), (byte)(255 - i), (byte)(i * 5)));
        using var data = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Webp, quality);
        return data.ToArray();
    }

    private void ReadPhotograph(byte[] file, string name)
    {
        // As a data set does: the header from the file, the pixels from its bytes.
        string path = Written(name, file);
        var size = ImageFile.ReadSize(path);
        RgbImage image = ImageFile.ReadRgb(path);
        Assert.Equal(size, (image.Width, image.Height));
    }

    private string Written(string name, byte[] file)
    {
        File.WriteAllBytes(_folder.File(name), file);
        return _folder.File(name);
    }

    private static byte[] Npy(string type, string shape, int bytes)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}\n";
        return
        [
            0x93,
            .. "NUMPY"u8,
            1,
            0,
            (byte)header.Length,
            0,
            .. Encoding.ASCII.GetBytes(header),
            .. Enumerable.Range(0, bytes).Select(i => (byte)(i * 31)),
        ];
    }

    private static byte[] Npz(CompressionLevel level, byte[]? npy = null)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (string name in (string[])["a.npy", "b.npy"])
            {
                using var entry = archive.CreateEntry(name, level).Open();
                entry.Write(npy ?? Npy("<f4", "(2, 3)", 24));
            }
        }
        return stream.ToArray();
    }

    private static byte[] LabelNpy(byte[] pickle)
    {
        byte[] header = [.. "{'descr': '|O', 'fortran_order': False, 'shape': (), }\n"u8];
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. pickle];
    }

    /// <summary>What np.save writes for {'a': array([1, 0], dtype=float32), 'b': …}, 0-dimensional.</summary>
    private static byte[] LabelPickle(byte protocol)
    {
        var pickle = new PickleWriter(protocol).Op(PickleWriter.EmptyDict, PickleWriter.Mark);
        foreach (string key in (string[])["a", "b"])
        {
            pickle
                .Text(key)
                .Global("numpy.core.multiarray", "_reconstruct")
                .Global("numpy", "ndarray")
                .Int(0)
                .Op(0x85)
                .Op((byte)'C', 1, (byte)'b')
                .Op(0x87, PickleWriter.Call)
                .Op(PickleWriter.Mark)
                .Int(1)
                .Int(2)
                .Op(0x85)
                .Global("numpy", "dtype")
                .Text("f4")
                .Op(PickleWriter.False, PickleWriter.True, 0x87, PickleWriter.Call)
                .Op(PickleWriter.Mark)
                .Int(3)
                .Text("<")
                .Op(PickleWriter.None, PickleWriter.None, PickleWriter.None)
                .Int(-1)
                .Int(-1)
                .Int(0)
                .Op(PickleWriter.ToTuple, PickleWriter.Build)
                .Op(PickleWriter.False)
                .Op((byte)'C', 8)
                .Op(BitConverter.GetBytes(1f))
                .Op(BitConverter.GetBytes(0f))
                .Op(PickleWriter.ToTuple, PickleWriter.Build);
        }
        return pickle.Op(PickleWriter.SetItems).Stop();
    }

    private static byte[] WithPngChecksums(byte[] file)
    {
        byte[] mended = [.. file];
        for (int at = 8; at + 12 <= mended.Length;)
        {
            long length = BinaryPrimitives.ReadUInt32BigEndian(mended.AsSpan(at));
            if (length > mended.Length - at - 12) break;
            byte[] chunk = RawPng.Chunk(mended.AsSpan(at + 4, 4), mended.AsSpan(at + 8, (int)length));
            chunk.CopyTo(mended, at);
            at += chunk.Length;
        }
        return mended;
    }
}
