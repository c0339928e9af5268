using Plotly.NET;

namespace Wsss.Notebooks.Charting;

/// <summary>An interactive chart as plotly.js takes it.</summary>
/// <remarks>
/// Holds text only: hosts that cannot load Plotly.NET can still show it, as <c>application/vnd.plotly.v1+json</c> or in
/// a page of their own.
/// </remarks>
/// <param name="Title">What the chart is about.</param>
/// <param name="Json">A plotly.js figure, {"data": […], "layout": {…}}.</param>
/// <param name="Height">Height in pixels; the width is the host's.</param>
public sealed record Chart(string Title, string Json, int Height)
{
    /// <summary>The media type under which notebook outputs hold <see cref="Json"/>.</summary>
    public const string MediaType = "application/vnd.plotly.v1+json";

    internal static Chart Of(string title, GenericChart chart, int height) =>
        new(title, GenericChart.toFigureJson(chart.WithLook(title, height)), height);
}
