namespace Wsss.Notebooks.Charting;

/// <summary>A named curve or cloud of points.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="X">Where the points are.</param>
/// <param name="Y">Their values; NaN leaves a gap.</param>
/// <param name="Labels">A text per point for those who point at it; null for none.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y, IReadOnlyList<string>? Labels = null);

/// <summary>Curves that share a y axis; panels stand side by side.</summary>
/// <param name="YTitle">What the y axis shows, with its unit.</param>
/// <param name="Series">The curves.</param>
public sealed record ChartPanel(string YTitle, IReadOnlyList<ChartSeries> Series);

/// <summary>A named row of bars, one per category.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Values">A value per category; null for none.</param>
/// <param name="Errors">Half the length of each bar's interval; null for no intervals.</param>
public sealed record BarSeries(string Name, IReadOnlyList<double?> Values, IReadOnlyList<double>? Errors = null);

/// <summary>A cell of a heat map.</summary>
/// <param name="Value">What its colour says; null for none.</param>
/// <param name="Text">What is written in it.</param>
/// <param name="Hover">What is said to those who point at it.</param>
public sealed record HeatCell(double? Value, string Text, string Hover);
