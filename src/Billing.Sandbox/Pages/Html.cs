using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Billing.Sandbox.Pages;

/// <summary>Markup. Values in braces are always encoded unless they are markup: customers write them.</summary>
[InterpolatedStringHandler]
internal readonly struct Html(int literalLength, int formattedCount)
{
    private readonly StringBuilder? built = new(literalLength + (formattedCount * 24));

    public void AppendLiteral(string markup) => built!.Append(markup);

    public void AppendFormatted(string? text) => built!.Append(HtmlEncoder.Default.Encode(text ?? ""));

    public void AppendFormatted(long number) => built!.Append(number.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(Html part) => built!.Append(part.built);

    public void AppendFormatted(IEnumerable<Html> parts)
    {
        foreach (var part in parts)
        {
            AppendFormatted(part);
        }
    }

    public override string ToString() => built?.ToString() ?? "";
}
