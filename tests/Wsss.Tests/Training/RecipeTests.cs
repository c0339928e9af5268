using System.Text.Json.Nodes;
using Wsss.Data;
using Wsss.Expansion;
using Wsss.Sharpening;
using Wsss.Training;

namespace Wsss.Tests.Training;

public sealed class RecipeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_recipe_comes_back_from_JSON_with_all_options()
    {
        Recipe recipe = Toys
            .Recipe.With(new RandomErasing { CellSizes = [0, 8], Probability = 0.25 })
            .With(new MultiDilation { Rates = [1, 2] })
            .With(
                new Equivariance
                {
                    Scale = 0.4,
                    Weight = 2,
                    Ramp = 0.1,
                }
            )
            .With(new LogitPenalty { Weight = 0.125 }) with
        {
            Seed = 7,
            Optimizer = new OptimizerSpec { Kind = OptimizerKind.Sgd },
        };
        Recipe read = WsssJson.Read<Recipe>(WsssJson.Write(recipe), "test");

        Assert.Equal(WsssJson.Write(recipe), WsssJson.Write(read));
        Assert.Equal([0, 8], Assert.IsType<RandomErasing>(read.Techniques[0]).CellSizes);
        Assert.Equal([1, 2], Assert.IsType<MultiDilation>(read.Techniques[1]).Rates);
        Assert.Equal(
            new Equivariance
            {
                Scale = 0.4,
                Weight = 2,
                Ramp = 0.1,
            },
            read.Techniques[2]
        );
        Assert.Equal(new LogitPenalty { Weight = 0.125 }, read.Techniques[3]);
        Assert.Equal(
            (recipe.Backbone, recipe.Optimizer, recipe.Augmentation, 2, 4, 7),
            (read.Backbone, read.Optimizer, read.Augmentation, read.Epochs, read.BatchSize, read.Seed)
        );
    }

    [Fact]
    public void What_JSON_leaves_out_is_the_default_and_names_need_no_case()
    {
        Recipe read = WsssJson.Read<Recipe>("""{ "techniques": [ { "equivariance": { "weight": 3 } }, "mix-up" ] }""", "test");
        Assert.Equal([new Equivariance { Weight = 3 }, new Mixup()], read.Techniques);
        Assert.Equal(new Recipe().Epochs, read.Epochs);
    }

    [Fact]
    public void An_unknown_technique_is_answered_with_the_known_ones()
    {
        string message = Error("""{ "techniques": [ { "Mixdown": {} } ] }""");
        Assert.All(["mine.json", "Mixdown", nameof(RandomErasing), nameof(MultiDilation), nameof(Equivariance), nameof(LogitPenalty)],
            part => Assert.Contains(part, message));
    }

    [Theory]
    [InlineData("""{ "techniques": [ { "weight": 1 } ] }""", "technique")]
    [InlineData("""{ "techniques": [ 3 ] }""", "technique")]
    [InlineData("""{ "techniques": [ { "Equivariance": 3 } ] }""", "technique")]
    [InlineData("""{ "techniques": [ { "Equivariance": {}, "Mixup": {} } ] }""", "technique")]
    [InlineData("""{ "techniques": [ { "Equivariance": { "wieght": 1 } } ] }""", "wieght")]
    [InlineData("""{ "techniques": [ { "Equivariance": { "weight": "much" } } ] }""", "weight")]
    [InlineData("""{ "techniques": [ "Equivariance:wieght=1" ] }""", "wieght")]
    [InlineData("""{ "techniques": [ "Equivariance:famous" ] }""", "famous")]
    [InlineData("""{ "epochz": 3 }""", "epochz")]
    [InlineData("""{ "epochs": 3 """, "mine.json")]
    [InlineData("null", "null")]
    public void Broken_JSON_is_a_typed_error_that_says_where(string json, string part) => Assert.Contains(part, Error(json));

    [Fact]
    public void Equal_recipes_have_equal_keys_and_any_change_another()
    {
        ISampleSource data = Toys.Blobs(3);
        string first = Weights("first", 1),
            copy = Weights("copy", 1),
            second = Weights("second", 2);
        Recipe plain = Toys.Recipe;
        Recipe Full(double probability = 0.5, int rate = 2) =>
            plain.With(new RandomErasing { Probability = probability }).With(new MultiDilation { Rates = [1, rate] });
        Assert.Equal(Full().Key(data), Full().Key(Toys.Blobs(3)));
        Assert.Equal(
            (plain with { Backbone = new BackboneSpec { Weights = first } }).Key(data),
            (plain with { Backbone = new BackboneSpec { Weights = copy } }).Key(data)
        );

        string[] keys =
        [
            plain.Key(data),
            plain.Key(Toys.Blobs(4)),
            Full().Key(data),
            Full(probability: 0.4).Key(data),
            Full(rate: 3).Key(data),
            (plain with { Seed = 2 }).Key(data),
            (plain with { Epochs = 3 }).Key(data),
            (plain with { BatchSize = 5 }).Key(data),
            (plain with { Optimizer = plain.Optimizer with { WeightDecay = 0 } }).Key(data),
            (plain with { Optimizer = plain.Optimizer with { Kind = OptimizerKind.Sgd } }).Key(data),
            (plain with { Augmentation = plain.Augmentation with { FlipProbability = 0 } }).Key(data),
            (plain with { Backbone = new BackboneSpec { Weights = first } }).Key(data),
            (plain with { Backbone = new BackboneSpec { Weights = second } }).Key(data),
            (plain with { Backbone = Toys.RandomBackbone with { Name = "resnet18" } }).Key(data),
            (plain with { Backbone = Toys.RandomBackbone with { OutputStride = 16 } }).Key(data),
            plain.With(new MultiDilation()).With(new RandomErasing()).Key(data),
            plain.With(new RandomErasing()).With(new MultiDilation()).Key(data),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());

        string Weights(string name, byte content)
        {
            File.WriteAllBytes(_folder.File(name), [content]);
            return _folder.File(name);
        }
    }

    [Fact]
    public void Missing_weights_are_named()
    {
        Recipe recipe = Toys.Recipe with { Backbone = new BackboneSpec { Weights = _folder.File("none.safetensors") } };
        Assert.Contains("none.safetensors", Assert.Throws<WeightFileException>(() => recipe.Key(Toys.Blobs(1))).Message);
    }

    [Fact]
    public void With_makes_a_variant_and_leaves_the_recipe_alone()
    {
        Recipe plain = new(), variant = plain.With(new RandomErasing()).With(new Equivariance());
        Assert.Empty(plain.Techniques);
        Assert.Equal(("plain", "RandomErasing + Equivariance"), (plain.Title, variant.Title));
    }

    [Fact]
    public void Options_outside_their_range_are_refused()
    {
        Recipe[] wrong =
        [
            new() { Epochs = 0 },
            new() { BatchSize = 1 },
            new() { Optimizer = new OptimizerSpec { LearningRate = -1 } },
            new() { Augmentation = new Augmentation { Size = 0 } },
            new Recipe().With(new RandomErasing { Probability = 1.1 }),
            new Recipe().With(new RandomErasing { Probability = double.NaN }),
            new Recipe().With(new RandomErasing { CellSizes = [] }),
            new Recipe().With(new RandomErasing { CellSizes = [-1] }),
            new Recipe().With(new MultiDilation { Rates = [] }),
            new Recipe().With(new MultiDilation { Rates = [3, 6] }),
            new Recipe().With(new MultiDilation { Rates = [1, 3, 3] }),
            new Recipe().With(new MultiDilation { Rates = [1, 0] }),
            new Recipe().With(new Equivariance { Scale = 1 }),
            new Recipe().With(new Equivariance { Scale = 0 }),
            new Recipe().With(new Equivariance { Weight = -1 }),
            new Recipe().With(new Equivariance { EcrWeight = -1 }),
            new Recipe().With(new Equivariance { Ramp = 1.5 }),
            new Recipe().With(new RandomErasing()).With(new RandomErasing { Probability = 0.1 }),
        ];
        Assert.All(wrong, recipe => Assert.Throws<RecipeException>(recipe.Validate));
        new Recipe().With(new RandomErasing()).With(new MultiDilation()).With(new Equivariance()).Validate();
    }

    [Fact]
    public void A_technique_is_written_as_an_object_of_its_name()
    {
        var json = (JsonObject)JsonNode.Parse(WsssJson.Write<Technique>(new LogitPenalty { Weight = 2 }))!;
        Assert.Equal(2, (double?)Assert.Single(json, property => property.Key == nameof(LogitPenalty)).Value!["weight"]);
    }

    private static string Error(string json) => Assert.Throws<WsssException>(() => WsssJson.Read<Recipe>(json, "mine.json")).Message;

    [Theory]
    [InlineData(16, 0, 8)]
    [InlineData(16, 8, 4)]
    [InlineData(7, 4, 3)]
    [InlineData(15, 4, 3)]
    [InlineData(16, 2, null)]
    [InlineData(3, 0, null)]
    public void Half_as_many_at_once_or_as_few_as_parts_may_have(int batch, int atOnce, int? expected)
    {
        var recipe = Toys.Recipe with { BatchSize = batch, MicroBatch = atOnce };
        recipe.Validate();
        var smaller = NetworkRecipe.WithHalfAtOnce(recipe);
        smaller?.Validate();
        Assert.Equal(expected, smaller?.MicroBatch);
    }

    [Fact]
    public void A_recipe_for_few_images_stays_one_that_can_be()
    {
        var recipe = Toys.Recipe with { BatchSize = 16, MicroBatch = 2 };
        for (int images = 2; images <= 17; images++)
        {
            var fitted = NetworkRecipe.ForImages(recipe, images);
            fitted.Validate();
            Assert.Equal(Math.Min(16, images - images % 2), fitted.BatchSize);
        }
        Assert.Equal(1, (Toys.Recipe with { MicroBatch = int.MaxValue }).Parts);
        var longest = NetworkRecipe.ForImages(Toys.Recipe with { BatchSize = 2, LeastSteps = int.MaxValue, Epochs = 2, Patience = 2 }, 4);
        Assert.Equal((1 << 30, 1 << 30), (longest.Epochs, longest.Patience));
    }
}
