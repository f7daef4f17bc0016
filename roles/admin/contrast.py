"""What comparisons say. Loading content again keeps what editors change here."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from roles.admin.history import HistoryAdmin
from roles.admin.screens import LONG_TEXT, ORDER_HELP, SHORT_TEXT, help_texts
from roles.models import Difference, Passage, SharedSkill


class DifferenceForm(forms.ModelForm):
    class Meta:
        help_texts = help_texts(
            ("level", _("Comparisons of roles at this level show it.")),
            ("order", ORDER_HELP),
            (
                Difference.topic,
                _("What differs, in a few words, such as “Who makes the first move”."),
            ),
            (Difference.sales, _("One or two sentences, without amounts of money.")),
            (Difference.service, _("The same for customer service, at about the same length.")),
        )


@admin.register(Difference)
class DifferenceAdmin(HistoryAdmin):
    form = DifferenceForm
    list_display = ["__str__", "level", "order"]
    list_filter = ["level"]
    search_fields = ["topic_en", "sales_en", "service_en"]
    formfield_overrides = SHORT_TEXT


class SharedSkillForm(forms.ModelForm):
    class Meta:
        help_texts = help_texts(
            ("order", ORDER_HELP),
            (SharedSkill.name, _("The skill in two or three words, such as “Product knowledge”.")),
            (SharedSkill.meaning, _("One sentence that is true in sales and in service.")),
            (SharedSkill.in_sales, _("How people use it in sales.")),
            (SharedSkill.in_service, _("How people use it in customer service.")),
        )


@admin.register(SharedSkill)
class SharedSkillAdmin(HistoryAdmin):
    form = SharedSkillForm
    list_display = ["__str__", "order"]
    search_fields = ["name_en", "meaning_en"]
    formfield_overrides = SHORT_TEXT


class PassageForm(forms.ModelForm):
    class Meta:
        help_texts = help_texts(
            (Passage.heading, _("The heading that visitors read above the text."))
        )


@admin.register(Passage)
class PassageAdmin(HistoryAdmin):
    form = PassageForm
    list_display = ["__str__", "key"]
    search_fields = ["heading_en", "text_en"]
    formfield_overrides = LONG_TEXT
