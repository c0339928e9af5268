using Wsss.Data.Labels;

namespace Wsss.Tests.Data.Labels;

public sealed class CocoLabelsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // One row of pixels for each image, an object on each pixel in the order of the annotations.
    private LabelTable Read(string json, params string[] classNames)
    {
        File.WriteAllText(_folder.File("instances.json"), json);
        return LabelFormat.ReadAny(_folder.File("instances.json"), classNames.Length > 0 ? classNames : null);
    }

    private static string Json(string categories, params int[] annotated)
    {
        var annotations = annotated.Select((category, i) =>
            $$$"""{"image_id": 1, "category_id": {{{category}}}, "segmentation": {"counts": [{{{i}}}, 1, {{{annotated.Length - i}}}]}}""");
        return $$"""
            {"images": [{"id": 1, "file_name": "1.jpg", "width": {{annotated.Length + 1}}, "height": 1}],
             "categories": [{{categories}}], "annotations": [{{string.Join(",", annotations)}}]}
            """;
    }

    [Fact]
    public void Masks_find_a_class_in_any_case_as_labels_do()
    {
        var table = Read(Json("""{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}""", 2, 1), "Cat", "Dog");
        Assert.Equal([0, 1], table.Rows[0].Labels);
        Assert.Equal([2, 1, 0], table.Rows[0].Mask!().Values);
    }

    [Fact]
    public void Categories_that_are_none_of_the_classes_are_an_error_where_an_object_has_them()
    {
        const string Categories = """{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}""";
        Assert.Equal([1, 0], Read(Json(Categories, 1), "cat").Rows[0].Mask!().Values);
        Assert.Contains("found 'dog'", Assert.Throws<DataSetException>(() => Read(Json(Categories, 1, 2), "cat")).Message);
    }

    [Theory]
    [InlineData("ignore", 255)]
    [InlineData("__void__", 255)]
    [InlineData("background", 0)]
    [InlineData("none", 0)]
    public void A_category_that_is_no_class_is_none_in_labels_and_masks(string name, byte value)
    {
        var table = Read(Json($$"""{"id": 1, "name": "cat"}, {"id": 2, "name": "{{name}}"}, {"id": 3, "name": "dog"}""", 1, 2, 3));
        Assert.Equal(["cat", "dog"], table.ClassNames);
        Assert.Equal([0, 1], table.Rows[0].Labels);
        Assert.Equal([1, value, 2, 0], table.Rows[0].Mask!().Values);
    }

    [Fact]
    public void Files_that_were_put_together_without_new_ids_are_refused()
    {
        const string Merged = """
            {"images": [{"id": 1, "file_name": "1.jpg"}, {"id": 1, "file_name": "2.jpg"}], "categories": [{"id": 1, "name": "cat"}],
             "annotations": [{"image_id": 1, "category_id": 1}]}
            """;
        string message = Assert.Throws<DataSetException>(() => Read(Merged)).Message;
        Assert.Contains("instances.json: expected each image once, found the id 1 again", message);
    }

    [Fact]
    public void Run_lengths_that_are_no_text_are_an_error_of_their_image()
    {
        var table = Read(
            """
            {"images": [{"id": 7, "file_name": "1.jpg", "width": 2, "height": 2}], "categories": [{"id": 1, "name": "cat"}],
             "annotations": [{"image_id": 7, "category_id": 1, "segmentation": {"counts": "\ud800"}}]}
            """
        );
        string message = Assert.Throws<DataSetException>(() => table.Rows[0].Mask!()).Message;
        Assert.Contains("image 7: Expected run lengths as text", message);
    }
}
