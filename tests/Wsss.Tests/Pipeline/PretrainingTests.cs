using Wsss.Menagerie;
using Wsss.Models;
using Wsss.Training;
using Wsss.Weights;

namespace Wsss.Tests.Pipeline;

public sealed class PretrainingTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_small_transformer_goes_through_both_stages_and_starts_a_recipe_of_other_classes()
    {
        var options = new PretrainingOptions
        {
            File = _folder.File("vit.safetensors"),
            Backbone = "menagerie_vit",
            Scale = SceneScale.Smoke,
        };
        PretrainingResult result = Pretraining.Run(options, Toys.Run(_folder));
        Assert.Single(result.ObjectHistory.Epochs);
        Assert.Single(result.SceneHistory.Epochs);
        using (SafeTensorsFile file = SafeTensorsFile.Open(options.File))
        {
            Assert.Equal("menagerie_vit", file.Metadata["backbone"]);
            Assert.Equal([1, 16, 96], file.Tensors["cls_token"].Shape);
        }
        var recipe = new Recipe
        {
            Backbone = new BackboneSpec { Name = "menagerie_vit", Weights = options.File },
        };
        using Classifier classifier = recipe.CreateClassifier(["a", "b"]);
        Assert.Equal(2, classifier.Backbone.ClassTokens);
    }

    [Fact]
    public void Only_the_backbones_for_drawn_scenes_are_trained_here()
    {
        var options = new PretrainingOptions { File = _folder.File("none"), Backbone = "resnet18", Scale = SceneScale.Smoke };
        Assert.Contains("resnet18", Assert.Throws<RecipeException>(() => Pretraining.Run(options, Toys.Run(_folder))).Message);
    }
}
