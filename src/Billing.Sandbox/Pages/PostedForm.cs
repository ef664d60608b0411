namespace Billing.Sandbox.Pages;

/// <summary>What a form on one of our pages has sent.</summary>
internal static class PostedForm
{
    /// <summary>Empty when it is no form, or one with more fields or longer ones than any page here has.</summary>
    public static async Task<IFormCollection> ReadAsync(HttpContext http)
    {
        try
        {
            return http.Request.HasFormContentType
                ? await http.Request.ReadFormAsync(http.RequestAborted)
                : FormCollection.Empty;
        }
        catch (InvalidDataException)
        {
            return FormCollection.Empty;
        }
    }
}
