using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Billing.Api.Tests.Operating;

/// <summary>Sends the requests of an .http file as an editor does: with variables and earlier answers.</summary>
internal sealed partial class HttpFile(string text, IReadOnlyDictionary<string, string> replaced)
{
    private readonly Dictionary<string, JsonNode> answers = [];
    private readonly Dictionary<string, string> variables = VariablePattern().Matches(text)
        .Select(it => (Name: it.Groups[1].Value, Value: it.Groups[2].Value))
        .ToDictionary(it => it.Name, it => replaced.GetValueOrDefault(it.Name, it.Value));

    public IEnumerable<(string Title, int Expected, string Request)> Requests => text.Split("\n### ")[1..]
        .Select(part => part.Split('\n', 2)).Select(part => (part[0], StatusIn(part[0]), part[1]));

    /// <returns>The status, and the answer as text.</returns>
    public async Task<(int Status, string Answer)> SendAsync(HttpClient http, string request)
    {
        var name = Regex.Match(request, @"(?m)^# @name (\w+)$").Groups[1].Value;
        var filled = ReferencePattern().Replace(
            Regex.Replace(request, "(?m)^#.*\n", "").Trim(), it => Value(it.Groups[1].Value));
        var parts = filled.Split("\n\n", 2);
        var lines = parts[0].Split('\n');
        using var message = new HttpRequestMessage(new HttpMethod(lines[0].Split(' ')[0]), lines[0].Split(' ')[1]);

        if (parts.Length > 1)
        {
            var type = lines.FirstOrDefault(line => line.StartsWith("Content-Type: ", StringComparison.Ordinal));
            message.Content = new StringContent(
                parts[1], Encoding.UTF8, type is null ? "application/json" : type["Content-Type: ".Length..]);
        }

        foreach (var header in lines[1..].Select(line => line.Split(": ", 2)).Where(it => it[0] != "Content-Type"))
        {
            message.Headers.TryAddWithoutValidation(header[0], header[1]);
        }

        using var answer = await http.SendAsync(message);
        var body = await answer.Content.ReadAsStringAsync();

        if (name.Length > 0)
        {
            answers[name] = JsonNode.Parse(body)!;
        }

        return ((int)answer.StatusCode, body);
    }

    private static int StatusIn(string title) =>
        int.Parse(Regex.Match(title, @"\((\d{3})\)$").Groups[1].Value, CultureInfo.InvariantCulture);

    private string Value(string reference) => reference.Split(".response.body.$.") is [var name, var path]
        ? path.Split('.').Aggregate(answers[name], Part).ToString()
        : variables[reference];

    private static JsonNode Part(JsonNode node, string part) => part.Split('[', ']') is [var name, var index, _]
        ? node[name]![int.Parse(index, CultureInfo.InvariantCulture)]!
        : node[part]!;

    [GeneratedRegex(@"^@(\w+) = (.+)$", RegexOptions.Multiline)]
    private static partial Regex VariablePattern();

    [GeneratedRegex(@"\{\{([^}]+)\}\}")]
    private static partial Regex ReferencePattern();
}
