using System.Xml;

namespace Wsss.Annotations;

/// <summary>Names of files and classes on their way into XML, which has no place for most control characters.</summary>
internal static class XmlText
{
    /// <summary>The text with U+FFFD for each character that XML 1.0 does not allow.</summary>
    public static string Allowed(string text)
    {
        char[] characters = text.ToCharArray();
        for (int i = 0; i < characters.Length; i++)
        {
            if (i + 1 < characters.Length && XmlConvert.IsXmlSurrogatePair(characters[i + 1], characters[i])) i++;
            else if (!XmlConvert.IsXmlChar(characters[i])) characters[i] = '\uFFFD';
        }
        return new string(characters);
    }
}
