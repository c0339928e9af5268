using System.Globalization;
using Wsss.Data;
using Wsss.Localization;

namespace Wsss.Figures;

/// <summary>The grids that notebooks and commands show again and again: samples, maps, and masks side by side.</summary>
public static class Gallery
{
    /// <summary>Images with their image-level labels, and below each its drawn mask where there is one.</summary>
    /// <param name="samples">At least one sample.</param>
    /// <param name="classNames">Names of the C target classes.</param>
    /// <param name="title">A line above; null for none.</param>
    /// <param name="truth">The split that the samples are of, for its masks; null for images and labels alone.</param>
    public static Figure Samples(
        IReadOnlyList<Sample> samples, IReadOnlyList<string> classNames, string? title = null, IMaskedSource? truth = null)
    {
        LabelMap?[] masks = [.. samples.Select(sample => truth?.MaskOf(sample.Id))];
        LabelMap[] known = [.. masks.OfType<LabelMap>()];
        List<GridRow> rows = [new("label", [.. samples.Select(sample => new GridCell(sample.Image, Names(sample.Labels, classNames)))])];
        if (known.Length > 0)
            rows.Add(new("mask", [.. masks.Select(mask => mask is null ? null : new GridCell(Overlay.Mask(mask)))]));
        return new Grid { Title = title, Rows = rows, Legend = LegendEntry.Of(classNames, known) }.Render();
    }

    /// <summary>A contact sheet: a row per class, with some of its images and all their labels.</summary>
    /// <param name="rows">Each class's name and images; at least one image.</param>
    /// <param name="classNames">Names of the C target classes.</param>
    /// <param name="title">A line above; null for none.</param>
    public static Figure ByClass(
        IReadOnlyList<(string Name, IReadOnlyList<Sample> Samples)> rows,
        IReadOnlyList<string> classNames,
        string? title = null
    ) =>
        new Grid
        {
            Title = title,
            Rows =
            [
                .. rows.Select(row => new GridRow(
                    row.Name,
                    [.. row.Samples.Select(sample => new GridCell(sample.Image, Names(sample.Labels, classNames)))]
                )),
            ],
        }.Render();

    /// <summary>A row per image: the image, its map of each class, the mask at a threshold, and the drawn mask if known.</summary>
    /// <param name="items">Samples and their maps; at least one.</param>
    /// <param name="classNames">Names of the C target classes.</param>
    /// <param name="threshold">The background score of the mask column.</param>
    /// <param name="title">A line above; null for none.</param>
    /// <param name="truth">The split that the samples are of, for its masks; null for no such column.</param>
    public static Figure Maps(
        IReadOnlyList<(Sample Sample, LocalizationMaps Maps)> items, IReadOnlyList<string> classNames, float threshold,
        string? title = null, IMaskedSource? truth = null)
    {
        int mapColumns = items.Max(item => item.Maps.Classes.Count);
        var rows = new List<GridRow>();
        var masks = new List<LabelMap>();
        foreach (var (sample, maps) in items)
        {
            var mask = ThresholdRule.Apply(maps, threshold);
            var cells = new List<GridCell?> { new(sample.Image, Names(sample.Labels, classNames)) };
            for (int k = 0; k < mapColumns; k++)
                cells.Add(k < maps.Classes.Count ? new GridCell(Overlay.Heat(sample.Image, maps, k), classNames[maps.Classes[k]]) : null);
            cells.Add(new GridCell(Overlay.Mask(sample.Image, mask)));
            masks.Add(mask);
            if (truth?.MaskOf(sample.Id) is { } drawn)
            {
                cells.Add(new GridCell(Overlay.Mask(sample.Image, drawn)));
                masks.Add(drawn);
            }
            rows.Add(new GridRow(null, cells));
        }
        string at = threshold.ToString("0.00", CultureInfo.InvariantCulture);
        return new Grid
        {
            Title = title,
            Rows = rows,
            Legend = LegendEntry.Of(classNames, masks),
            HeatScale = true,
            Headers =
            [
                "image", .. Enumerable.Range(1, mapColumns).Select(k => mapColumns == 1 ? "map" : $"map {k}"), $"mask at {at}",
                .. truth is null ? [] : new[] { "truth" },
            ],
        }.Render();
    }

    /// <summary>A row per image: the image, and its mask at each of several thresholds.</summary>
    /// <param name="items">Samples and their maps; at least one.</param>
    /// <param name="classNames">Names of the C target classes.</param>
    /// <param name="thresholds">The background scores.</param>
    /// <param name="title">A line above; null for none.</param>
    public static Figure Thresholds(
        IReadOnlyList<(Sample Sample, LocalizationMaps Maps)> items,
        IReadOnlyList<string> classNames,
        IReadOnlyList<float> thresholds,
        string? title = null
    )
    {
        LabelMap[][] masks = [.. items.Select(item => thresholds.Select(threshold => ThresholdRule.Apply(item.Maps, threshold)).ToArray())];
        return new Grid
        {
            Title = title,
            Headers = ["image", .. thresholds.Select(threshold => threshold.ToString("0.00", CultureInfo.InvariantCulture))],
            Legend = LegendEntry.Of(classNames, masks.SelectMany(row => row)),
            Rows =
            [
                .. items.Select(
                    (item, i) =>
                        new GridRow(
                            null,
                            [
                                new GridCell(item.Sample.Image, Names(item.Sample.Labels, classNames)),
                                .. masks[i].Select(mask => new GridCell(Overlay.Mask(item.Sample.Image, mask))),
                            ]
                        )
                ),
            ],
        }.Render();
    }

    /// <summary>A row per image: the image, and the map of its first class as several methods see it.</summary>
    /// <param name="samples">At least one sample.</param>
    /// <param name="classNames">Names of the C target classes.</param>
    /// <param name="title">A line above; null for none.</param>
    /// <param name="columns">A header and the maps of each sample, in their order.</param>
    public static Figure Heats(
        IReadOnlyList<Sample> samples,
        IReadOnlyList<string> classNames,
        string? title,
        params IReadOnlyList<(string Header, IReadOnlyList<LocalizationMaps> Maps)> columns
    ) =>
        new Grid
        {
            Title = title,
            Headers = ["image", .. columns.Select(column => column.Header)],
            HeatScale = true,
            Rows =
            [
                .. samples.Select(
                    (sample, i) =>
                        new GridRow(
                            null,
                            [
                                new GridCell(sample.Image, Names(sample.Labels, classNames)),
                                .. columns.Select(column =>
                                    column.Maps[i].Classes.Count == 0 ? null : new GridCell(Overlay.Heat(sample.Image, column.Maps[i], 0))
                                ),
                            ]
                        )
                ),
            ],
        }.Render();

    /// <summary>An image and its map of each class that was explained, strongest class first, with names and scores.</summary>
    /// <param name="image">The image.</param>
    /// <param name="explanation">What a classifier sees in it.</param>
    /// <param name="classNames">Names of the C classes.</param>
    /// <param name="title">A line above; null for none.</param>
    public static Figure Explanation(RgbImage image, Explanation explanation, IReadOnlyList<string> classNames, string? title = null)
    {
        const int Columns = 4,
            CellSide = 320;
        var (maps, scores) = explanation;
        var overlays = Enumerable
            .Range(0, maps.Classes.Count)
            .OrderByDescending(k => scores[maps.Classes[k]])
            .Select(k => new GridCell(
                Overlay.Heat(image, maps, k),
                $"{ClassList.ShortName(classNames[maps.Classes[k]])} "
                    + $"{scores[maps.Classes[k]].ToString("0.00", CultureInfo.InvariantCulture)}"
            ));
        var rows = overlays.Prepend(new GridCell(image)).Chunk(Columns).Select(cells => new GridRow(null, cells));
        return new Grid
        {
            Title = title,
            Rows = [.. rows],
            HeatScale = true,
            CellSide = CellSide,
        }.Render();
    }

    /// <summary>A row per image: the image, and masks from several sources over it.</summary>
    /// <param name="samples">At least one sample.</param>
    /// <param name="classNames">Names of the C target classes.</param>
    /// <param name="title">A line above; null for none.</param>
    /// <param name="columns">A header and the mask of each sample; null leaves its place empty.</param>
    public static Figure Masks(
        IReadOnlyList<Sample> samples, IReadOnlyList<string> classNames, string? title,
        params IReadOnlyList<(string Header, Func<Sample, LabelMap?> MaskOf)> columns)
    {
        var masks = new List<LabelMap>();
        var rows = new List<GridRow>();
        foreach (var sample in samples)
        {
            var cells = new List<GridCell?> { new(sample.Image, Names(sample.Labels, classNames)) };
            foreach (var (_, maskOf) in columns)
            {
                var mask = maskOf(sample);
                if (mask is not null) masks.Add(mask);
                cells.Add(mask is null ? null : new GridCell(Overlay.Mask(sample.Image, mask)));
            }
            rows.Add(new GridRow(null, cells));
        }
        return new Grid
        {
            Title = title,
            Rows = rows,
            Headers = ["image", .. columns.Select(column => column.Header)],
            Legend = LegendEntry.Of(classNames, masks),
        }.Render();
    }

    private static string Names(IEnumerable<int> labels, IReadOnlyList<string> classNames) =>
        string.Join(", ", labels.Select(label => classNames[label]));
}
