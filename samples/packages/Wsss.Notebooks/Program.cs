// A chart as a notebook's cell makes it: the JSON of plotly.
using System.Text.Json;
using Wsss.Notebooks.Charting;
using Wsss.Notebooks.Sessions;

WsssFormatters.Register();
Chart chart = Charts.Bars("mIoU of the maps", "mIoU %", ["plain CAM", "CAM + CRF"], new BarSeries("test", [48.0, 66.5]));
using var figure = JsonDocument.Parse(chart.Json);
int values = figure.RootElement.GetProperty("data")[0].GetProperty("y").GetArrayLength();
Console.WriteLine($"{chart.Title}: a chart of {values} values, {Chart.MediaType}");
return values == 2 ? 0 : 1;
