using Wsss.Data;
using Wsss.Data.Labels;

namespace Wsss.Tests.Data.Labels;

public sealed class LabelFormatTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private LabelTable Read(string name, string text, params string[] classNames)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
        File.WriteAllText(_folder.File(name), text);
        return LabelFormat.ReadAny(_folder.File(name), classNames.Length > 0 ? classNames : null);
    }

    private static string Shown(LabelTable table) =>
        string.Join(
            " | ",
            table.Rows.Select(row =>
                $"{row.Image}: {string.Join("+", row.Labels.Select(label => table.ClassNames[label]))}"
                    + $"{(row.Split is { } split ? $" ({split})" : "")}"
            )
        );

    // Every way in which the same two photographs are listed.
    [Theory]
    [InlineData("a.csv", "image,labels\n1.jpg,cat;dog\n2.jpg,dog\n")]
    [InlineData("a.csv", "\ufeffimage,labels\r\n1.jpg,\"cat,dog\"\r\n\r\n2.jpg,dog\r\n")]
    [InlineData("a.csv", "filename,cat,dog\n1.jpg,1,1\n2.jpg,0,1\n")]
    [InlineData("a.csv", ",file,dog,cat\n0,1.jpg,True,True\n1,2.jpg,True,False\n")]
    [InlineData("a.csv", "File Name;Label\n1.jpg;cat|dog\n2.jpg;dog\n")]
    [InlineData("a.csv", "image,label\n1.jpg,cat\n1.jpg,dog\n2.jpg,dog\n")]
    [InlineData("a.csv", "image,labels\n1.jpg,\"['cat', 'dog']\"\n2.jpg,['dog']\n")]
    [InlineData("a.csv", "image,label,xmin\n1.jpg,dog,3\n1.jpg,cat,4\n2.jpg,dog,5\n")]
    [InlineData("a.csv", "1.jpg,cat,dog\n2.jpg,dog\n")]
    [InlineData("a.csv", "image,background,cat,dog\n1.jpg,1,1,1\n2.jpg,1,0,1\n")]
    [InlineData("a.csv", "image,cat,dog\n1.jpg,1.0,1.0\n2.jpg,-1,1.0\n")]
    [InlineData("a.csv", "photo,what is in it\n1.jpg,\"cat, dog\"\n2.jpg,dog\n")]
    [InlineData("a.csv", "Bild;Inhalt\n1.jpg;cat, dog\n2.jpg;dog\n")]
    [InlineData("a.csv", "1.jpg;cat, dog\n2.jpg;dog\n")]
    [InlineData("a.csv", "1.jpg|cat,dog\n2.jpg|dog\n")]
    [InlineData("a.csv", "No,Image ID,Class Name\n1,1.jpg,cat;dog\n2,2.jpg,dog\n")]
    [InlineData("a.csv", "image,choice,id\n1.jpg,\"{\"\"choices\"\":[\"\"cat\"\",\"\"dog\"\"]}\",7\n2.jpg,dog,8\n")]
    [InlineData("a.csv", "1.jpg,\"[\"\"cat\"\", \"\"dog\"\"]\"\n2.jpg,dog\n")]
    [InlineData(
        "a.csv",
        "image,label\n1.jpg,\"[{\"\"x\"\":1,\"\"rectanglelabels\"\":[\"\"cat\"\"]},"
            + "{\"\"polygonlabels\"\":[\"\"dog\"\"]}]\"\n2.jpg,dog\n"
    )]
    [InlineData("a.csv", "sep=;\r\nimage;label\r\n1.jpg;cat,dog\r\n2.jpg;dog\r\n")]
    [InlineData("a.csv", "SEP=|\n1.jpg|cat,dog\n2.jpg|dog\n")]
    [InlineData(
        "annotations.xml",
        """
            <?xml version="1.0"?><annotations><version>1.1</version><meta><task><labels><label><name>bird</name></label></labels></task></meta>
            <image id="0" name="1.jpg" width="4" height="4"><tag label="dog"><attribute name="a">b</attribute></tag>
            <box label="cat" xtl="1"></box><polygon label="cat"/></image><image id="1" name="2.jpg"><mask label="dog" rle="4"/></image></annotations>
            """
    )]
    [InlineData("a.tsv", "image\ttags\n1.jpg\tcat, dog\n2.jpg\tdog\n")]
    [InlineData("a.txt", "1.jpg cat dog\n2.jpg dog\n")]
    [InlineData("a.txt", "1.jpg,cat,dog\n2.jpg,dog\n")]
    [InlineData("a.json", """{"1.jpg": ["cat", "dog"], "2.jpg": "dog"}""")]
    [InlineData("a.json", """{"1.jpg": {"cat": 1, "dog": true}, "2.jpg": {"cat": 0, "dog": 1}}""")]
    [InlineData("a.json", """[{"image": "1.jpg", "labels": ["cat", "dog"]}, {"image": "2.jpg", "labels": ["dog"]}]""")]
    [InlineData("a.json", """[{"image": "1.jpg", "choice": {"choices": ["cat", "dog"]}}, {"image": "2.jpg", "choice": "dog"}]""")]
    [InlineData("a.jsonl", "{\"file_name\": \"1.jpg\", \"label\": \"cat;dog\"}\n{\"file_name\": \"2.jpg\", \"label\": \"dog\"}\n")]
    [InlineData(
        "a.json",
        """
            {"images": [{"id": 7, "file_name": "1.jpg"}, {"id": 8, "file_name": "2.jpg"}], "categories": [{"id": 3, "name": "cat"}, {"id": 5, "name": "dog"}],
             "annotations": [{"image_id": 7, "category_id": 3}, {"image_id": 7, "category_id": 5}, {"image_id": 8, "category_id": 5}, {"image_id": 8, "category_id": 5}]}
            """
    )]
    public void Labels_are_read_as_people_keep_them(string name, string text)
    {
        var table = Read(name, text);
        Assert.Equal(["cat", "dog"], table.ClassNames.Order());
        Assert.Equal("1.jpg: cat+dog | 2.jpg: dog", Shown(table with { ClassNames = table.ClassNames }).Replace("dog+cat", "cat+dog"));
    }

    [Theory]
    [InlineData(
        "a.csv",
        "image,label,split\n1.jpg,cat,train\n2.jpg,,val\n3.jpg,dog,Test\n",
        "1.jpg: cat (Train) | 2.jpg:  (Validation) | 3.jpg: dog (Test)"
    )]
    [InlineData(
        "a.csv",
        "fname,labels,is_valid\n1.jpg,cat,False\n2.jpg,cat dog,True\n",
        "1.jpg: cat (Train) | 2.jpg: cat dog (Validation)"
    )]
    [InlineData(
        "a.json",
        """[{"image": "1.jpg", "labels": [], "split": "train"}, {"image": "2.jpg", "labels": ["cat"]}]""",
        "1.jpg:  (Train) | 2.jpg: cat"
    )]
    [InlineData("a.txt", "my photo 1.JPG cat\nother.png\n", "my photo 1.JPG: cat | other.png: ")]
    [InlineData("a.csv", "image,label\n1.jpg,none\n2.jpg,Background\n3.jpg,cat\n", "1.jpg:  | 2.jpg:  | 3.jpg: cat")]
    [InlineData(
        "a.xml",
        """<annotations><image name="1.jpg" subset="Train"><tag label="cat"/></image><image name="b 2.jpg" subset="x"/></annotations>""",
        "1.jpg: cat (Train) | b 2.jpg: "
    )]
    public void Splits_blanks_and_photographs_without_label_are_read(string name, string text, string shown) =>
        Assert.Equal(shown, Shown(Read(name, text)));

    [Fact]
    public void Numbers_are_indices_where_the_classes_are_given()
    {
        Assert.Equal("1.jpg: dog | 2.jpg: cat+dog", Shown(Read("a.csv", "image,labels\n1.jpg,1\n2.jpg,0;1\n", "cat", "dog")));
        Assert.Equal(["0", "1"], Read("b.csv", "image,labels\n1.jpg,1\n2.jpg,0;1\n").ClassNames);
    }

    [Theory]
    [InlineData("a.csv", "image,label\n1.jpg,cta\n", "a.csv, line 2: expected one of the classes cat, dog, found 'cta'. ")]
    [InlineData("a.csv", "image,label\n1.jpg,cats\n", "found 'cats'. Did you mean cat? Add it")]
    [InlineData("a.csv", "image,width\n1.jpg,640\n", "found 'image', 'width'")]
    [InlineData("a.csv", "", "an empty file")]
    [InlineData("a.csv", "image,label,split\n1.jpg,cat,maybe\n", "found 'maybe'")]
    [InlineData("a.csv", "image,label,split\n1.jpg,cat,train\n1.jpg,dog,val\n", "expected one split for '1.jpg'")]
    [InlineData("a.csv", "image,label\n,cat\n", "line 2: expected a photograph")]
    [InlineData("a.csv", "sep=;\nimage;label\n1.jpg;cta\n", "a.csv, line 3: expected one of the classes")]
    [InlineData("a.csv", "image,label\n1.jpg,\"{\"\"cat\"\": 0.7}\"\n", "a.csv, line 2: expected 0 or 1 for each class")]
    [InlineData("a.xml", "<annotations><track label=\"cat\"/></annotations>", "a.xml: expected an image for each photograph, found none")]
    [InlineData("a.xml", "<annotations><image id=\"0\"/></annotations>", "a.xml, image 1: expected the name of a photograph")]
    [InlineData("a.xml", "<annotations><image name=\"1.jpg\">", "Expected CVAT's XML of images, but ")]
    [InlineData("a.json", "{\"1.jpg\": [", "expected JSON")]
    [InlineData("a.json", "[{\"labels\": [\"cat\"]}]", "item 1")]
    [InlineData("a.json", "{\"1.jpg\": {\"cat\": 0.7}}", "0 or 1")]
    [InlineData("a.json", """{"images": [], "categories": [], "annotations": [{"image_id": 9, "category_id": 3}]}""", "image 9")]
    [InlineData("a.doc", "cat", "a table (.csv, .tsv, .txt)")]
    public void What_cannot_be_read_is_an_error_that_says_where(string name, string text, string part) =>
        Assert.Contains(part, Assert.Throws<DataSetException>(() => Read(name, text, "cat", "dog")).Message);

    [Fact]
    public void Labels_without_any_class_are_refused() =>
        Assert.Contains(
            "found none in its 2 rows",
            Assert.Throws<DataSetException>(() => Read("a.csv", "image,label\n1.jpg,\n2.jpg,\n")).Message
        );

    [Fact]
    public void Bytes_are_no_table()
    {
        File.WriteAllBytes(_folder.File("a.csv"), [1, 0, 2]);
        Assert.Contains("a file of bytes", Assert.Throws<DataSetException>(() => LabelFormat.ReadAny(_folder.File("a.csv"))).Message);
    }

    // As NumPy 2.2.4 saves {'2007_000032': [1, 0, 1], '2008_000001': [0, 1, 0]} in float32, and the same with numbers for names.
    [Theory]
    [InlineData(
        "k05VTVBZAQB2AHsnZGVzY3InOiAnfE8nLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg" +
        "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAqABJUeAQAAAAAAAIwWbnVtcHkuX2NvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAdu" +
        "ZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBKWgDjAVkdHlwZZSTlIwCTziUiYiHlFKUKEsDjAF8lE5OTkr/////Sv////9LP3SUYoldlH2UKIwLMjAwN18wMDAwMzKUaAJo" +
        "BUsAhZRoB4eUUpQoSwFLA4WUaAuMAmY0lImIh5RSlChLA4wBPJROTk5K/////0r/////SwB0lGKJQwwAAIA/AAAAAAAAgD+UdJRijAsyMDA4XzAwMDAwMZRoAmgFSwCF" +
        "lGgHh5RSlChLAUsDhZRoGolDDAAAAAAAAIA/AAAAAJR0lGJ1YXSUYi4=")]
    [InlineData(
        "k05VTVBZAQB2AHsnZGVzY3InOiAnfE8nLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg" +
        "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAqABJUMAQAAAAAAAIwWbnVtcHkuX2NvcmUubXVsdGlhcnJheZSMDF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAdu" +
        "ZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBKWgDjAVkdHlwZZSTlIwCTziUiYiHlFKUKEsDjAF8lE5OTkr/////Sv////9LP3SUYoldlH2UKErgY6B3aAJoBUsAhZRoB4eU" +
        "UpQoSwFLA4WUaAuMAmY0lImIh5RSlChLA4wBPJROTk5K/////0r/////SwB0lGKJQwwAAIA/AAAAAAAAgD+UdJRiSgGmr3doAmgFSwCFlGgHh5RSlChLAUsDhZRoGYlD" +
        "DAAAAAAAAIA/AAAAAJR0lGJ1YXSUYi4=")]
    public void Labels_that_NumPy_saved_as_a_dict_are_read(string base64)
    {
        File.WriteAllBytes(_folder.File("cls_labels.npy"), Convert.FromBase64String(base64));
        Assert.Equal("2007_000032: a+c | 2008_000001: b", Shown(LabelFormat.ReadAny(_folder.File("cls_labels.npy"), ["a", "b", "c"])));
        Assert.Equal(["class 0", "class 1", "class 2"], LabelFormat.ReadAny(_folder.File("cls_labels.npy")).ClassNames);
        Assert.Contains("0 or 1", Replaced(base64, [0, 0, 128, 63], [0, 0, 0, 63]));
        Assert.Contains("numpy.ndarrax", Replaced(base64, "ndarray"u8, "ndarrax"u8));
        byte[] whole = Convert.FromBase64String(base64);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_folder.File("cut.npy"), whole[..length]);
            Assert.Throws<DataSetException>(() => LabelFormat.ReadAny(_folder.File("cut.npy")));
        }
    }

    private string Replaced(string base64, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        byte[] bytes = Convert.FromBase64String(base64);
        to.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf(from)));
        File.WriteAllBytes(_folder.File("changed.npy"), bytes);
        return Assert.Throws<DataSetException>(() => LabelFormat.ReadAny(_folder.File("changed.npy"))).Message;
    }

    [Fact]
    public void Arrays_of_numbers_say_nothing_of_photographs()
    {
        NpyFile.Write(_folder.File("a.npy"), new NpyArray([2, 3], new float[6]));
        Assert.Contains(
            "which photograph is which",
            Assert.Throws<DataSetException>(() => LabelFormat.ReadAny(_folder.File("a.npy"))).Message
        );
    }

    // A square of class dog, a smaller one of class cat upon it, and a crowd.
    [Fact]
    public void Cocos_shapes_are_masks_and_boxes_are_not()
    {
        const string Json = """
            {"images": [{"id": 1, "file_name": "1.jpg", "width": 4, "height": 4}, {"id": 2, "file_name": "2.jpg", "width": 4, "height": 4}],
             "categories": [{"id": 3, "name": "cat"}, {"id": 5, "name": "dog"}],
             "annotations": [
               {"image_id": 1, "category_id": 3, "segmentation": {"size": [4, 4], "counts": [0, 1, 15]}},
               {"image_id": 1, "category_id": 5, "segmentation": [[0, 0, 2, 0, 2, 2, 0, 2]]},
               {"image_id": 1, "category_id": 5, "iscrowd": 1, "segmentation": {"size": [4, 4], "counts": [15, 1]}},
               {"image_id": 2, "category_id": 5, "bbox": [0, 0, 1, 1]}]}
            """;
        var table = Read("instances.json", Json);
        Assert.Equal([1, 2, 0, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255], table.Rows[0].Mask!().Values);
        Assert.Null(table.Rows[1].Mask);
    }

    [Theory]
    [InlineData("{\"images\": [], \"annotations\": [{\"image_id\": 1")]
    [InlineData("{\"images\": [], \"annotations\": []}")]
    public void A_file_that_begins_as_cocos_is_refused_as_one(string json)
    {
        string message = Assert.Throws<DataSetException>(() => Read("broken.json", json)).Message;
        Assert.Contains("broken.json: expected COCO's images, annotations and categories", message);
    }

    [Fact]
    public void Yolos_folders_give_what_is_in_each_photograph()
    {
        Write("images/train/1.jpg", "images/train/2.jpg", "images/val/3.jpg");
        File.WriteAllText(_folder.File("data.yaml"), "train: images/train\nnames: {0: cat, 1: dog}\n");
        Directory.CreateDirectory(_folder.File("labels/train"));
        File.WriteAllText(_folder.File("labels/train/1.txt"), "1 0.5 0.5 0.1 0.1\n0 0.1 0.1 0.2 0.2\n1 0.3 0.3 0.1 0.1\n");
        Assert.Equal(
            "images/train/1.jpg: cat+dog (Train) | images/train/2.jpg:  (Train) | images/val/3.jpg:  (Validation)",
            Shown(LabelFormat.ReadAny(_folder.Path))
        );
        File.WriteAllText(_folder.File("labels/train/2.txt"), "2 0.5 0.5 0.1 0.1\n");
        Assert.Contains(
            "2.txt, line 1: expected a class index 0…1, found 2",
            Assert.Throws<DataSetException>(() => LabelFormat.ReadAny(_folder.Path)).Message
        );
    }

    [Fact]
    public void Lists_of_each_class_give_labels_and_splits()
    {
        Write("JPEGImages/1.jpg", "JPEGImages/2.jpg", "JPEGImages/3.jpg");
        Directory.CreateDirectory(_folder.File("ImageSets/Main"));
        void List(string name, string text) => File.WriteAllText(_folder.File("ImageSets/Main", name), text);
        List("train.txt", "1\n2\n");
        List("cat_train.txt", "1  1\n2 -1\n");
        List("potted_plant_train.txt", "1 -1\r\n2  0\r\n\r\n");
        List("cat_trainval.txt", "1 -1\n2 -1\n3 -1\n");
        List("cat_val.txt", "3 1\n");
        List("potted_plant_val.txt", "3 1\n");
        foreach (string place in new[] { _folder.Path, _folder.File("ImageSets/Main") })
        {
            var table = LabelFormat.ReadAny(place);
            Assert.Equal("1: cat (Train) | 2: potted_plant (Train) | 3: cat+potted_plant (Validation)", Shown(table));
            Assert.Equal(["1 labels are of difficult objects alone (0 in the lists)"], table.Notes);
        }
        string Refused() => Assert.Throws<DataSetException>(() => LabelFormat.ReadAny(_folder.Path)).Message;
        List("cat_val.txt", "3 2\n");
        Assert.EndsWith("cat_val.txt, line 1: expected a photograph's name and 1, 0 or -1, found '3 2'.", Refused());
        List("cat_val.txt", "1 1\n3 1\n");
        Assert.Contains("cat_val.txt, line 1: expected one split for '1', found Train and Validation", Refused());
    }

    [Fact]
    public void Lists_of_both_halves_are_read_where_there_are_no_others()
    {
        Write("1.jpg", "2.jpg");
        Directory.CreateDirectory(_folder.File("ImageSets/Main"));
        File.WriteAllText(_folder.File("ImageSets/Main/cat_trainval.txt"), "1 1\n2 -1\n");
        File.WriteAllText(_folder.File("ImageSets/Main/dog_trainval.txt"), "1 -1\n2 1\n");
        Assert.Equal("1: cat | 2: dog", Shown(LabelFormat.ReadAny(_folder.Path)));
    }

    [Fact]
    public void One_folder_per_class_gives_labels_and_splits()
    {
        Write("train/cat/10.jpg", "train/cat/9.jpg", "train/dog/1.png", "val/dog/2.jpeg");
        Assert.Equal(
            "train/cat/9.jpg: cat (Train) | train/cat/10.jpg: cat (Train) | train/dog/1.png: dog (Train) | val/dog/2.jpeg: dog "
                + "(Validation)",
            Shown(LabelFormat.ReadAny(_folder.Path))
        );
    }

    [Fact]
    public void What_commands_wrote_beside_the_folders_of_the_classes_is_no_class()
    {
        Write("cat/1.jpg", "dog/2.jpg", "out/contact-sheet.png");
        Assert.Equal("cat/1.jpg: cat | dog/2.jpg: dog", Shown(LabelFormat.ReadAny(_folder.Path)));
        Write("images/3.jpg");
        Assert.Throws<DataSetException>(() => LabelFormat.ReadAny(_folder.Path));
    }

    [Fact]
    public void One_xml_per_photograph_gives_its_objects()
    {
        Write("1.jpg");
        File.WriteAllText(
            _folder.File("1.xml"),
            "<annotation><object><name>cat</name></object><object><name>dog</name></object></annotation>"
        );
        Assert.Equal("1: cat+dog", Shown(LabelFormat.ReadAny(_folder.Path)));
        File.WriteAllText(_folder.File("1.xml"), "<annotation><object><name>cat</name></object><object/></annotation>");
        string message = Assert.Throws<DataSetException>(() => LabelFormat.ReadAny(_folder.Path)).Message;
        Assert.Contains("1.xml: expected a name for each object, found none for object 2", message);
    }

    private void Write(params string[] names)
    {
        foreach (string name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(name))!);
            ImageFile.WriteJpeg(_folder.File(name), new RgbImage(4, 4, new byte[48]));
        }
    }
}
