using Wsss.Data;
using Wsss.Menagerie;

namespace Wsss.Tests.Data;

public sealed class DataSetTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("voc:folder=seedlings", 2)]
    [InlineData("voc:folder=seedlings,seed=5", 5)]
    [InlineData("voc:Seed=1,folder=x", 1)]
    [InlineData("voc", 2)]
    public void The_seed_of_a_text_is_the_one_among_its_options(string text, int expected) =>
        Assert.Equal(expected, DataSet.Parse(text, seed: 2).Seed);

    [Fact]
    public void The_scale_of_a_text_is_the_one_among_its_options()
    {
        Assert.Equal(SceneScale.Smoke, Scale("menagerie"));
        Assert.Equal(SceneScale.Full, Scale("menagerie:scale=full"));
    }

    [Theory]
    [InlineData("data.yaml", "menagerie: {}", 2, SceneScale.Smoke)]
    [InlineData("data.yaml", "menagerie", 2, SceneScale.Smoke)]
    [InlineData("data.yaml", "menagerie:seed=5", 5, SceneScale.Smoke)]
    [InlineData("data.YML", "menagerie: {Scale: full}", 2, SceneScale.Full)]
    [InlineData("data.json", """{"menagerie": {"seed": 1}}""", 1, SceneScale.Smoke)]
    public void What_a_file_does_not_fix_is_what_is_asked_for(string name, string text, int seed, SceneScale scale)
    {
        File.WriteAllText(_folder.File(name), text);
        var data = Assert.IsType<MenagerieData>(DataSet.Parse(_folder.File(name), "smoke", 2));
        Assert.Equal((seed, scale), (data.Seed, data.Scale));
    }

    private static SceneScale Scale(string text) => Assert.IsType<MenagerieData>(DataSet.Parse(text, "smoke")).Scale;

    [Fact]
    public void A_folder_without_a_layout_is_told_to_be_described()
    {
        ImageFile.WriteGray(_folder.File("images/a.png"), new LabelMap(4, 4, new byte[16]));
        var error = Assert.Throws<DataSetException>(() => DataSet.Parse(_folder.Path));
        Assert.Contains("a file wsss.yaml that says where labels are; found none of them", error.Message);
        Assert.Equal(Remedy.DescribeData, error.Remedy);
        File.WriteAllText(_folder.File("labels.txt"), "a.png cat");
        error = Assert.Throws<DataSetException>(() => DataSet.Parse(_folder.File("labels.txt")));
        Assert.Contains("labels.txt', which is none. Give the folder", error.Message);
        Assert.Equal(Remedy.DescribeData, error.Remedy);
        File.Delete(_folder.File("labels.txt"));
        Directory.CreateDirectory(_folder.File("ImageSets"));
        Assert.IsType<VocFolder>(DataSet.Parse(_folder.Path));
    }
}
