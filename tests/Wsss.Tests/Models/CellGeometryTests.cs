using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Models;

/// <summary>Where the cells of each backbone lie, found by light: which pixels a cell answers to.</summary>
public sealed class CellGeometryTests
{
    public static TheoryData<string, int> All =>
        [.. Backbones.All.SelectMany(design => design.Strides.Select(stride => (design.Name, stride)))];

    [Theory]
    [MemberData(nameof(All))]
    public void What_a_cell_answers_to_is_centred_where_the_geometry_says_in_every_layer(string name, int stride)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        random.manual_seed(1);
        using Backbone backbone = Backbones.Create(name, stride);
        backbone.eval();
        MakePositive(backbone);
        // The image is no multiple of any stride: a transformer resizes it. Of later grids a part is enough, as layers see a few cells
        // each.
        const int Side = 149,
            Part = 25;
        foreach (bool columns in new[] { false, true })
        {
            CellAxis Axis(int layer) => layer < 0 ? CellGeometry.Pixels.Columns : Of(backbone.CellsOf(layer, Side, Side), columns);
            for (int layer = 0, channels = 3; layer < backbone.Layers.Count; layer++)
            {
                if (backbone is VisionTransformer && layer > 0)
                {
                    Assert.Equal(Axis(0), Axis(layer));
                    continue;
                }
                // Layer by layer, as what a cell answers to grows beyond any image. One grid for each cell of a line, which alone is lit.
                int count = layer == 0 ? Side : Part;
                Tensor lit = eye(count).unsqueeze(1).expand(count, channels, count) * 1e-3;
                Tensor answers = backbone.Run(new Activation(columns ? lit.unsqueeze(2) : lit.unsqueeze(3)), layer, layer + 1).Grid;
                channels = (int)answers.shape[1];
                answers = answers.sum([1, columns ? 2 : 3]).to(float64); // [cell before, cell]
                long cell = answers.shape[1] / 2 - 1;
                Tensor weights = answers.select(1, cell);
                double centre = ((weights * arange(count, float64)).sum() / weights.sum()).item<double>();
                double at = Axis(layer).Offset + Axis(layer).Stride * cell,
                    found = Axis(layer - 1).Offset + Axis(layer - 1).Stride * centre;
                Assert.True(Math.Abs(found - at) < 0.01 * Axis(layer).Stride, $"{backbone.Layers[layer]}, cell {cell}: {found} for {at}");
                answers.Dispose();
            }
        }
        Assert.Equal(backbone.Cells(160, 160), backbone.CellsOf(backbone.Layers.Count - 1, 160, 160));
        Assert.Equal(backbone.OutputStride, backbone.Cells(160, 160).Columns.Stride);
    }

    [Fact]
    public void The_strides_of_all_stages_are_known()
    {
        using Backbone resnet = Backbones.Create("resnet50", 16);
        Assert.Equal([4, 8, 16, 16], resnet.StageEnds.Select(stage => resnet.CellsOf(resnet.IndexOf(stage), 100, 100).Rows.Stride));
        using Backbone mobile = Backbones.Create("mobilenet_v2", 32);
        Assert.Equal([2, 4, 8, 16, 32], mobile.StageEnds.Select(stage => mobile.CellsOf(mobile.IndexOf(stage), 100, 100).Rows.Stride));
        using Backbone small = Backbones.Create("menagerie_net", 8);
        Assert.Equal([4, 8, 8], small.StageEnds.Select(stage => small.CellsOf(small.IndexOf(stage), 100, 100).Columns.Stride));
    }

    [Fact]
    public void Patches_lie_where_their_middles_are()
    {
        using Backbone deit = Backbones.Create("deit_tiny", 16);
        Assert.Equal(new CellGeometry(new CellAxis(7.5, 16), new CellAxis(7.5, 16)), deit.Cells(224, 160));
        // 100 pixels are seen as 96, which the six patches divide.
        CellAxis columns = deit.Cells(224, 100).Columns;
        Assert.Equal(100 / 6.0, columns.Stride, 1e-9);
        Assert.Equal(50 / 6.0 - 0.5, columns.Offset, 1e-9);
    }

    [Fact]
    public void Resized_and_mirrored_images_have_their_cells_at_the_same_points()
    {
        CellGeometry cells = CellGeometry.Strided(8);
        // Twice the size: pixel x is the two pixels 2x and 2x + 1.
        Assert.Equal(new CellAxis(0.5, 16), cells.Resized((40, 30), (80, 60)).Rows);
        Assert.Equal(cells, cells.Resized((40, 30), (80, 60)).Resized((80, 60), (40, 30)));
        // 20 pixels, cells at 0, 8, 16: mirrored at 19, 11, 3, and in reversed order at 3, 11, 19.
        Assert.Equal(new CellAxis(3, 8), cells.Mirrored(3, 20).Columns);
        Assert.Equal(cells.Rows, cells.Mirrored(3, 20).Rows);
        Assert.Equal(cells, cells.Mirrored(3, 20).Mirrored(3, 20));
        // Where the last cell lies on the last pixel, mirroring changes nothing.
        Assert.Equal(cells, cells.Mirrored(3, 17));
        Assert.Equal(CellGeometry.Pixels, CellGeometry.Pixels.Mirrored(20, 20));
        Assert.Equal(new CellGeometry(new CellAxis(3.5, 8), new CellAxis(1.5, 4)), CellGeometry.Even(2, 5, 16, 20));
    }

    private static CellAxis Of(CellGeometry cells, bool columns) => columns ? cells.Columns : cells.Rows;

    // Every convolution a mean over its kernel's line, so that light only spreads; attention and its like add nothing.
    private static void MakePositive(Backbone backbone)
    {
        foreach (var (name, parameter) in backbone.named_parameters())
        {
            if (parameter.Dimensions == 4)
                parameter.fill_(1.0 / (parameter.shape[1] * parameter.shape[3]));
            else if (
                name.EndsWith("bias")
                || name is "pos_embed" or "cls_token"
                || name.EndsWith("attn.proj.weight")
                || name.EndsWith("fc2.weight")
            )
                parameter.zero_();
        }
    }
}
