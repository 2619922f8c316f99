using System.Globalization;
using System.Security;
using System.Text;
using Whirr.Cli.Syntax;

namespace Whirr.Cli.Plots;

/// <summary>A plot as SVG 1.1.</summary>
internal static class SvgPlot
{
    public static string Draw(Plot plot, int width, int height)
    {
        var area = new PlotArea(width, height, plot.Lines.Count);
        var svg = new StringBuilder();
        Append(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"13\">\n");
        Append(svg, $"<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n");
        Text(svg, width / 2.0, 24, "middle", plot.Title, " font-size=\"16\"");
        foreach (var (position, text) in plot.Y.Ticks(Math.Max(2, area.Height / 60)))
        {
            var y = area.Y(position);
            Append(svg, $"<path d=\"M{PlotArea.Left} {y:0.#}H{area.Right}\" stroke=\"#ddd\"/>\n");
            Text(svg, PlotArea.Left - 8, y + 4, "end", text);
        }

        foreach (var (position, text) in plot.X.Ticks(Math.Max(2, area.Width / 110)))
        {
            var x = area.X(position);
            Append(svg, $"<path d=\"M{x:0.#} {PlotArea.Top}V{area.Bottom}\" stroke=\"#ddd\"/>\n");
            Text(svg, x, area.Bottom + 18, "middle", text);
        }

        Text(svg, (PlotArea.Left + area.Right) / 2.0, area.Bottom + 38, "middle", plot.XLabel);
        Append(svg, $"<path d=\"M{PlotArea.Left} {PlotArea.Top}V{area.Bottom}H{area.Right}\" fill=\"none\" stroke=\"#444\"/>\n");
        for (var at = 0; at < plot.Lines.Count; at++)
        {
            var colour = PlotColours.Hex(at);
            foreach (var stroke in plot.Strokes(plot.Lines[at]))
            {
                svg.Append("<path d=\"");
                var letter = 'M';
                foreach (var (x, y) in stroke)
                {
                    Append(svg, $"{letter}{area.X(x):0.#} {area.Y(y):0.#}");
                    letter = 'L';
                }

                // A line of no length shows with round ends only.
                Append(svg, $"{(stroke.Count == 1 ? "h0" : "")}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\" stroke-linejoin=\"round\" stroke-linecap=\"round\"/>\n");
            }

            var legend = area.Legend(at);
            Append(svg, $"<path d=\"M{PlotArea.Left} {legend}h24\" stroke=\"{colour}\" stroke-width=\"3\"/>\n");
            Text(svg, PlotArea.Left + 32, legend + 4, "start", plot.Lines[at].Label);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Append(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));

    private static void Text(StringBuilder svg, double x, double y, string anchor, string text, string more = "") =>
        Append(svg, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\"{more}>{SecurityElement.Escape(SafeText.Escape(text))}</text>\n");
}
