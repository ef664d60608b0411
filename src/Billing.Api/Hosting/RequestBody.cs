namespace Billing.Api.Hosting;

/// <summary>Reads a request's body up to a limit, without buffering more.</summary>
public static class RequestBody
{
    /// <param name="most">Bytes.</param>
    /// <returns>Null when the body is longer.</returns>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int most, CancellationToken ct)
    {
        if (request.ContentLength > most)
        {
            return null;
        }

        if (request.ContentLength is { } length)
        {
            var whole = new byte[length];
            await request.Body.ReadExactlyAsync(whole, ct);

            return whole;
        }

        using var body = new MemoryStream(4096);
        var buffer = new byte[8192];

        for (int read; (read = await request.Body.ReadAsync(buffer, ct)) > 0;)
        {
            if (body.Length + read > most)
            {
                return null;
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }
}
